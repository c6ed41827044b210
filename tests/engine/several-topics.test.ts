import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createEngine } from '#engine/engine.ts'

const YAML = `name: both
title: Both
summary: Jobs that read several topics whose columns differ.
topics:
  left: { partitions: 2, columns: { id: string, kind: string, weight: double } }
  right: { partitions: 1, columns: { id: string, kind: string, height: double } }
  heavy: { partitions: 2, columns: { id: string, kind: string, weight: double, height: double } }
producers:
  lefts:
    to: left
    key: id
    generator: { rate: 0, count: 400, seed: 1, record: { id: { pattern: "l{sequence}" }, kind: { const: thing }, weight: { uniform: [0, 10] } } }
  rights:
    to: right
    generator: { rate: 0, count: 300, seed: 2, record: { id: { pattern: "r{sequence}" }, kind: { const: thing }, height: { uniform: [0, 10] } } }
filters:
  heavy: { from: [left, right], to: heavy, where: "weight > 5 OR height > 5" }
aggregates:
  sizes:
    from: [left, right]
    group_by: [kind]
    measures: { n: count(), widest: max(weight), highest: max(height) }
    lake: { path: /both/sizes, format: parquet }
sinks:
  all: { from: [left, right], lake: { path: /both/all, format: parquet } }
tables:
  everything: { path: /both/all }
  sizes: { path: /both/sizes }
`

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-both-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

it('gives a filter, a sink and an aggregate over several topics each record once, columns a topic lacks as null', async () => {
  const file = join(folder, 'both.yaml')
  writeFileSync(file, YAML)
  const never = new AbortController().signal
  await using engine = await createEngine({ home: join(folder, 'home'), resume: false, openedBy: 'a test' })
  const { name } = await engine.pipelines.start({ pipeline: file, untilIdle: true })
  for await (const { failures } of engine.pipelines.waitIdle(name, never)) expect(failures ?? []).toEqual([])
  await engine.pipelines.stop({ name })
  const { pipelines } = await engine.pipelines.status({ name })
  const ask = async (sql: string): Promise<readonly unknown[]> => {
    for await (const { rows } of engine.sql.query({ sql }, never)) return rows[0] ?? []
    return []
  }
  expect(pipelines[0]?.ledger).toMatchObject({
    balanced: true,
    filters: { heavy: { in: 700, rejected: 0 } },
    aggregates: { sizes: { in: 700 } },
  })
  expect(await ask('SELECT count(*), count(weight), count(height) FROM everything')).toEqual([700, 400, 300])
  const [passing] = await ask('SELECT count(*) FROM everything WHERE weight > 5 OR height > 5')
  expect(pipelines[0]?.ledger.filters['heavy']?.out).toBe(passing)
  expect(
    await ask(
      'SELECT n, widest = (SELECT max(weight) FROM everything), highest = (SELECT max(height) FROM everything) FROM sizes',
    ),
  ).toEqual([700, true, true])
})
