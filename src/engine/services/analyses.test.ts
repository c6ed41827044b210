import { mkdirSync, mkdtempSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { AnalysisEvent } from '#contract/analyses.ts'
import { duckdbWarehouse } from '#engine/adapters/embedded/duckdb-warehouse.ts'
import { folderLake } from '#engine/adapters/embedded/folder-lake.ts'
import type { AnalysisPlan, Plan, TablePlan } from '#engine/core/plan.ts'
import type { Lake } from '#engine/ports/lake.ts'
import type { Warehouse } from '#engine/ports/warehouse.ts'
import { DEMO_PLAN } from '#tests/cli/engine-double.ts'
import { QUIET } from '#tests/cli/quiet-log.ts'
import { createAnalysesService } from './analyses.ts'

let lake: Lake
let warehouse: Warehouse
let temp: string
let ids = 0

const NOW = Date.UTC(2026, 10, 22, 4, 32)

const THINGS: TablePlan = {
  name: 'things',
  path: '/data/things',
  format: 'json',
  columns: [
    { name: 'kind', type: 'string' },
    { name: 'size', type: 'int' },
    { name: 'seen', type: 'timestamp' },
  ],
  partitionBy: [],
  snapshots: false,
}

beforeEach(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-analyses-'))
  mkdirSync(join(folder, 'lake'))
  temp = join(folder, 'temp')
  lake = await folderLake.open({ root: join(folder, 'lake') }, { log: QUIET })
  warehouse = await duckdbWarehouse.open({ root: join(folder, 'lake'), tempFolder: temp }, { log: QUIET })
  const rows = [
    { kind: 'a', size: 1, seen: '2026-11-22T04:00:00Z' },
    { kind: 'a', size: 2, seen: '2026-11-22T01:00:00Z' },
    { kind: 'b', size: 5, seen: '2026-11-20T04:00:00Z' },
  ]
  await lake.create('/data/things/things.json', Buffer.from(`${rows.map((row) => JSON.stringify(row)).join('\n')}\n`))
})

afterEach(async () => {
  await warehouse.close()
  await lake.close()
})

function service(...analyses: Partial<AnalysisPlan>[]) {
  const plan: Plan = {
    ...DEMO_PLAN,
    tables: [THINGS],
    analyses: analyses.map((analysis, index) => ({
      name: `a${index}`,
      title: `A ${index}`,
      sql: { default: '' },
      ...analysis,
    })),
  }
  const parts = { plans: () => [plan], warehouse, lake, clock: () => NOW, newId: () => `id${ids++}`, tempFolder: temp }
  return createAnalysesService(parts)
}

const sizes = (extra = ''): Partial<AnalysisPlan> => ({
  sql: { default: `SELECT kind, count(*) AS n, sum(size) AS total${extra} FROM things GROUP BY kind ORDER BY kind` },
  into: { path: '/data/results/sizes', table: 'sizes', keep: 3 },
})

type Service = ReturnType<typeof service>

function run(analyses: Service, name?: string): Promise<AnalysisEvent[]> {
  return Array.fromAsync(analyses.run({ name }, new AbortController().signal))
}

async function rowsOf(sql: string): Promise<unknown[]> {
  return (await Array.fromAsync(warehouse.query(sql))).flatMap(({ rows }) => rows)
}

it('runs SQL with {now} as the time it started at', async () => {
  const events = await run(
    service({ sql: { default: "SELECT kind, size FROM things WHERE seen > {now} - INTERVAL '1' HOUR" } }),
  )
  expect(events).toMatchObject([{ type: 'started' }, { type: 'result', rows: [['a', 1]], truncated: false }])
})

it('takes the SQL of the engine’s own dialect where there is one', async () => {
  const events = await run(
    service({ sql: { default: 'SELECT nonsense', duckdb: "SELECT 'ours' AS x FROM things LIMIT 1" } }),
  )
  expect(events.at(-1)).toMatchObject({ rows: [['ours']] })
})

it('files a result as the next run, which its table then reads', async () => {
  const analyses = service(sizes())
  const [, first] = await run(analyses)
  expect(first).toMatchObject({ type: 'result', run: { n: 1, path: '/data/results/sizes/v1' } })
  expect(await rowsOf('SELECT kind, n FROM sizes ORDER BY kind')).toEqual([
    ['a', 2],
    ['b', 1],
  ])
  await lake.create('/data/things/more.json', Buffer.from('{"kind":"c","size":9}\n'))
  await run(analyses)
  expect(await rowsOf('SELECT kind FROM sizes ORDER BY kind')).toEqual([['a'], ['b'], ['c']])
})

it('keeps as many runs as it shall, newest first, and leaves nothing beside them', async () => {
  const analyses = service(sizes())
  for (let i = 0; i < 5; i++) await run(analyses)
  const [summary] = await analyses.list({})
  expect(summary?.runs.map(({ n }) => n)).toEqual([5, 4, 3])
  expect((await lake.list('/data/results/sizes')).map(({ name }) => name)).toEqual(['v3', 'v4', 'v5'])
  expect(readdirSync(temp).filter((name) => name.startsWith('analysis-'))).toEqual([])
})

it('follows its SQL when that gets other columns', async () => {
  await run(service(sizes()))
  await run(service(sizes(', min(size) AS least')))
  expect(await rowsOf('SELECT kind, least FROM sizes ORDER BY kind')).toEqual([
    ['a', 1],
    ['b', 5],
  ])
})

it('goes on after one that fails, and says why it did', async () => {
  const events = await run(service({ sql: { default: 'SELECT gone FROM things' } }, sizes()))
  expect(events.map(({ type }) => type)).toEqual(['started', 'failed', 'started', 'result'])
  expect(events[1]).toMatchObject({ name: 'a0', error: { code: 'SQL_FAILED' } })
})

it('gives each of two that run at once a run of its own', async () => {
  await Promise.all([run(service(sizes())), run(service(sizes()))])
  expect((await lake.list('/data/results/sizes')).map(({ name }) => name)).toEqual(['v1', 'v2'])
})

it('is cancelled by its signal', async () => {
  const stop = new AbortController()
  const analyses = service({ sql: { default: 'SELECT count(*) FROM things a, things b, range(100000000) c' } })
  setTimeout(() => stop.abort(), 100)
  await expect(Array.fromAsync(analyses.run({}, stop.signal))).rejects.toMatchObject({ code: 'CANCELLED' })
})

it('clean removes the runs, what a crash left, and nothing else, and says how much', async () => {
  const analyses = service(sizes())
  await run(analyses)
  await lake.create('/data/results/sizes/.result-old/result.parquet', Buffer.from('torn'))
  await lake.create('/data/results/sizes/notes.txt', Buffer.from('mine'))
  const [cleaned] = await analyses.clean({})
  expect(cleaned).toMatchObject({ pipeline: 'demo', name: 'a0', runs: 1, files: 2 })
  expect((await lake.list('/data/results/sizes')).map(({ name }) => name)).toEqual(['notes.txt'])
  await expect(rowsOf('SELECT * FROM sizes')).rejects.toMatchObject({ code: 'TABLE_UNKNOWN' })
  await run(analyses)
  expect(await rowsOf('SELECT count(*) FROM sizes')).toEqual([[2]])
})

it('names what there is when asked for an analysis that isn’t there', async () => {
  await expect(run(service(sizes()), 'b')).rejects.toMatchObject({ code: 'USAGE', remedy: 'There are: a0.' })
  await expect(service().list({ pipeline: 'x' })).rejects.toMatchObject({
    code: 'PIPELINE_UNKNOWN',
  })
})
