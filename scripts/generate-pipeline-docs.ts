/**
 * Makes resources/pipeline.schema.json and docs/pipelines.md of the one definition of the format. With --check nothing is
 * written: exit code 1 if a file is not what it would be.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { z } from 'zod'
import { pipelineSchema } from '#engine/core/pipeline/pipeline-schema.ts'
import { pipelinePage } from './pipeline-page.ts'

const root = new URL('..', import.meta.url)
const schema = z.toJSONSchema(pipelineSchema, { io: 'input' })
const example = readFileSync(new URL('resources/pipelines/space-objects.yaml', root), 'utf8')

const files = new Map([
  ['resources/pipeline.schema.json', `${JSON.stringify({ title: 'Sluice pipeline', ...schema }, null, 2)}\n`],
  ['docs/pipelines.md', pipelinePage(JSON.parse(JSON.stringify(schema)), example)],
])

const stale = [...files].filter(([file, text]) => readOr(file, '') !== text)
if (process.argv.includes('--check')) {
  for (const [file] of stale) process.stderr.write(`${file} is stale: run node scripts/generate-pipeline-docs.ts\n`)
  process.exitCode = stale.length > 0 ? 1 : 0
} else {
  for (const [file, text] of stale) writeFileSync(new URL(file, root), text)
  process.stdout.write(`${stale.length} of ${files.size} files written\n`)
}

function readOr(file: string, otherwise: string): string {
  try {
    return readFileSync(new URL(file, root), 'utf8')
  } catch {
    return otherwise
  }
}
