import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { duckdbTransform } from '#engine/adapters/embedded/duckdb-transform.ts'
import type { Batch } from '#engine/core/batch.ts'
import type { TopicShape } from '#engine/core/columns.ts'
import type { FileProgram, FilterProgram, Transform } from '#engine/ports/transform.ts'
import { type Figure, medians } from './figure.ts'

const RUNS = 15
const log = { debug() {}, info() {}, warn() {}, error() {} }

const SHAPE: TopicShape = {
  topic: 'space_data',
  time: 'observed_at',
  columns: [
    { name: 'id', type: 'string' },
    { name: 'seq', type: 'long' },
    { name: 'kind', type: 'string' },
    { name: 'name', type: 'string' },
    { name: 'diameter_m', type: 'double' },
    { name: 'speed_kms', type: 'double' },
    { name: 'distance_km', type: 'double' },
    { name: 'observed_at', type: 'timestamp' },
  ],
}
const FILTER: FilterProgram = { where: 'diameter_m > 255', clauses: [], otherwise: false }
const FILE: FileProgram = { columns: SHAPE.columns, format: 'parquet', partitionBy: ['dt', 'hour'] }

/** What each step of the data plane costs on one thread: CPU of the whole process, for records of 200 bytes and 8 columns. */
export async function measureTransform(): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'))
  try {
    await using transform = await duckdbTransform.open({ folder, threads: 1 }, { log })
    const figures: Figure[] = []
    for (const count of [1, 10_000, 20_000, 50_000])
      figures.push(...(await measure(transform, `${count} records`, batchOf(count, 0))))
    figures.push(...(await measure(transform, '20000, 1 % malformed', batchOf(20_000, 100))))
    return figures
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function measure(transform: Transform, name: string, batch: Batch): Promise<readonly Figure[]> {
  const runs: (readonly Figure[])[] = []
  for (let run = 0; run < RUNS; run++) runs.push(await runOnce(transform, name, batch))
  return medians(runs.slice(3))
}

async function runOnce(transform: Transform, name: string, batch: Batch): Promise<readonly Figure[]> {
  const figures: Figure[] = []
  const timed = async <T>(step: string, act: () => Promise<T>): Promise<T> => {
    const before = process.cpuUsage()
    const result = await act()
    const { user, system } = process.cpuUsage(before)
    figures.push({ name: `${step}, ${name}`, value: (user + system) / batch.count, unit: 'µs CPU/record' })
    return result
  }
  const parsed = await timed('parse', () => transform.parse(SHAPE, batch))
  const slice = { parsed, from: batch.firstOffset }
  await timed('filter (15 % kept)', () => transform.filter(FILTER, slice))
  await timed('write', () => transform.write(FILE, [slice]))
  await timed('release', () => parsed.release())
  return figures
}

function batchOf(count: number, malformedEvery: number): Batch {
  const lines = Array.from({ length: count }, (_, at) => {
    if (malformedEvery > 0 && at % malformedEvery === 7) return '{"id":"obj'
    return JSON.stringify({
      id: `obj-${at}`,
      seq: at,
      kind: at % 5 === 0 ? 'exoplanet' : 'meteorite',
      name: 'Hydrogen',
      diameter_m: (at * 7919.123456789) % 300,
      speed_kms: 5 + ((at * 104.729) % 67),
      distance_km: (at * 15_485.863123) % 1.6e7,
      observed_at: new Date(Date.UTC(2026, 10, 22, 1) + ((at * 37) % 3_600_000)).toISOString(),
    })
  })
  return {
    topic: SHAPE.topic,
    partition: 0,
    firstOffset: 0,
    nextOffset: count,
    count,
    timestamps: new Float64Array(count).fill(Date.UTC(2026, 10, 22, 1)),
    keys: lines.map(() => null),
    ndjson: new TextEncoder().encode(lines.join('\n')),
  }
}
