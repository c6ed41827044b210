import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { Rows } from './sql-engine.ts'

const value = z.union([z.string(), z.number(), z.boolean(), z.null()])
const rows = z.array(z.array(value))
const answersSchema = z.object({
  filters: z.record(z.string(), z.object({ kept: rows, otherwise: rows.exactOptional(), dropped: z.number() })),
  analyses: z.record(z.string(), z.object({ columns: z.array(z.string()), rows })),
})
export type Answers = z.infer<typeof answersSchema>

/** `UPDATE_GOLDENS=1` writes the answers of the embedded engine as the golden ones. Read what changed before you commit it. */
export const UPDATING = process.env['UPDATE_GOLDENS'] === '1'

function fileOf(pipeline: string): string {
  return join(import.meta.dirname, 'answers', `${pipeline}.json`)
}

/** The golden answers of a pipeline; none where there is no file. */
export function readGolden(pipeline: string): Answers {
  const file = fileOf(pipeline)
  return existsSync(file) ? parseAnswers(JSON.parse(readFileSync(file, 'utf8'))) : { filters: {}, analyses: {} }
}

export function parseAnswers(json: unknown): Answers {
  return answersSchema.parse(json)
}

export function writeGolden(pipeline: string, answers: Answers): void {
  writeFileSync(fileOf(pipeline), `${lines(answers, '')}\n`)
}

/** JSON with a row on each line, so that a change is seen as the rows that changed. */
function lines(json: unknown, indent: string): string {
  const deeper = `${indent}  `
  if (isRows(json)) {
    const each = json.map((row) => `${deeper}${JSON.stringify(row)}`)
    return json.length === 0 ? '[]' : `[\n${each.join(',\n')}\n${indent}]`
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return JSON.stringify(json)
  const entries = Object.entries(json).map(([key, below]) => `${deeper}${JSON.stringify(key)}: ${lines(below, deeper)}`)
  return entries.length === 0 ? '{}' : `{\n${entries.join(',\n')}\n${indent}}`
}

function isRows(json: unknown): json is Rows {
  return Array.isArray(json) && json.every((row) => Array.isArray(row))
}
