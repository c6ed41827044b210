import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openDuckdbSqlParser } from '#engine/adapters/embedded/duckdb-sql-parser.ts'
import type { ProducerPlan } from '#engine/core/plan.ts'
import { validatePipeline } from '#engine/services/validate.ts'
import { failure, producerContext } from '#tests/producer-context.ts'
import { PRODUCERS, producerKind } from './catalogue.ts'

const FOLDER = join(import.meta.dirname, '..', '..', '..', 'resources', 'pipelines')

async function bundledProducers(): Promise<readonly ProducerPlan[]> {
  await using parser = await openDuckdbSqlParser()
  const plans = readdirSync(FOLDER).map(async (name) => {
    const file = join(FOLDER, name)
    return validatePipeline(readFileSync(file, 'utf8'), { file, folder: FOLDER }, parser)
  })
  return (await Promise.all(plans)).flatMap(({ plan }) => plan?.producers ?? [])
}

it('finds every kind under its name', () => {
  for (const kind of PRODUCERS) expect(producerKind(kind.kind)).toBe(kind)
})

it('takes the settings of every bundled producer as its plan has them, and agrees on which ones end', async () => {
  const producers = await bundledProducers()
  expect(new Set(producers.map(({ kind }) => kind))).toContain('generator')
  for (const { kind, settings, finite, name } of producers) {
    expect(producerKind(kind).finite(settings), name).toBe(finite)
  }
})

it('says of a kind that comes later that it does, and names it', async () => {
  const settings = {
    form: { path: 'POST /discoveries' },
    http: { url: 'https://example.org/now', every: 60_000, map: { t: 'temperature' } },
  }
  for (const kind of ['form', 'http'] as const) {
    const error = await failure(producerKind(kind).open(settings[kind], producerContext({ topic: 'weather' })))
    expect(error.code).toBe('KIND_LATER')
    expect(error.message).toContain(kind)
  }
})

it('names kind and key of a setting that is wrong', async () => {
  const wrong = [
    { kind: 'generator', settings: { record: {}, rte: 1 }, key: 'rte' },
    { kind: 'csv', settings: { file: 'x.csv', delimiter: 'ab' }, key: 'delimiter' },
    { kind: 'http', settings: { url: 'https://example.org', map: {} }, key: 'every' },
    { kind: 'form', settings: { pth: 'POST /x' }, key: 'pth' },
  ] as const
  for (const { kind, settings, key } of wrong) {
    const error = await failure(producerKind(kind).open(settings, producerContext()))
    expect(error.code).toBe('PIPELINE_INVALID')
    expect(error.message).toContain(kind)
    expect(error.remedy).toContain(key)
  }
})
