import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Engine } from '#engine/engine-api.ts'
import { builtEngine } from './built-engine.ts'
import { writeBenchPipeline } from './bench-pipeline.ts'
import type { Figure } from './figure.ts'
import { median } from './figure.ts'

const PROBES = 10
const never = new AbortController().signal

/** At the defaults, at a modest rate: from an engine's start to its first row, and from a record to its row. */
export async function measureLatency(): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'))
  try {
    const { createEngine } = await builtEngine()
    const started = Date.now()
    await using engine = await createEngine({ home: join(folder, 'home'), resume: false, openedBy: 'a benchmark' })
    const { name } = await engine.pipelines.start({ pipeline: writeBenchPipeline(folder, { rate: 100 }) })
    const firstRow = await untilTrue(async () => (await one(engine, 'SELECT count(*) FROM objects')) > 0, started)
    const ages: number[] = []
    for (let probe = 0; probe < PROBES; probe++) ages.push(await recordToRow(engine, probe))
    await engine.pipelines.stop({ name })
    return [
      { name: 'first queryable row after the start', value: firstRow, unit: 'ms' },
      { name: 'record to queryable row, median', value: median(ages), unit: 'ms' },
      { name: 'record to queryable row, longest', value: Math.max(...ages), unit: 'ms' },
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function recordToRow(engine: Engine, probe: number): Promise<number> {
  await sleep(Math.random() * 500)
  const seq = 10_000_000 + probe
  const value = {
    id: `probe-${probe}`,
    seq,
    kind: 'probe',
    name: 'probe',
    diameter_m: 1,
    speed_kms: 1,
    distance_km: 1,
    observed_at: new Date(),
  }
  const since = Date.now()
  await engine.topics.produce({ topic: 'space_data', records: [{ key: value.id, value: JSON.stringify(value) }] })
  return untilTrue(async () => (await one(engine, `SELECT count(*) FROM objects WHERE seq = ${seq}`)) === 1, since)
}

async function one(engine: Engine, sql: string): Promise<number> {
  for await (const { rows } of engine.sql.query({ sql }, never)) return Number(rows[0]?.[0] ?? 0)
  return 0
}

async function untilTrue(there: () => Promise<boolean>, since: number): Promise<number> {
  while (!(await there())) await sleep(10)
  return Date.now() - since
}
