import { createWriteStream, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { openPgliteDatabase } from '#engine/adapters/embedded/pglite-database.ts'
import type { Database, DatabaseTable } from '#engine/ports/database.ts'
import type { ProducerContext, RecordSource } from '#engine/ports/producer.ts'
import { csv } from '#engine/producers/csv.ts'
import { generator } from '#engine/producers/generator.ts'

export interface ProducerFigure {
  readonly name: string
  readonly value: number
  readonly unit: 'records/s' | 'MB/s' | 'MB'
}

const CSV_ROWS = 1_000_000
const LIMITS = { records: 10_000, bytes: 4 * 1024 * 1024 }
const CONTEXT: ProducerContext = {
  topic: 'bench',
  columns: [],
  log: { debug() {}, info() {}, warn() {}, error() {} },
  signal: new AbortController().signal,
  clock: Date.now,
  newId: () => crypto.randomUUID(),
}

/** 196 bytes in 8 columns: the record of every measurement of the design. */
const SPACE = {
  id: { pattern: 'obj-{sequence}' },
  kind: { choice: { meteorite: 0.8, exoplanet: 0.2 } },
  name: { faker: 'science.chemicalElement.name' },
  diameter_m: { lognormal: { median: 90, sigma: 1.1 } },
  speed_kms: { uniform: [5, 72] },
  distance_km: { lognormal: { median: 9_000_000, sigma: 1.2 } },
  observed_at: { now: true },
  note: { const: 'x'.repeat(21) },
}

/** Measures the generator, the CSV reader and the embedded database, each alone; some twenty seconds on two cores. */
export async function measureProducers(): Promise<readonly ProducerFigure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'))
  try {
    return [...(await generating()), ...(await reading(folder)), ...(await filing(folder))]
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function generating(): Promise<readonly ProducerFigure[]> {
  const open = (count: number, key?: string) =>
    generator.open({ rate: 0, count, seed: 1, record: SPACE }, { ...CONTEXT, ...(key !== undefined && { key }) })
  await drain(await open(300_000, 'id'))
  const plain = await drain(await open(2_000_000))
  const keyed = await drain(await open(2_000_000, 'id'))
  return [
    { name: 'generator, 8 columns', value: plain.rate, unit: 'records/s' },
    { name: 'generator, 8 columns, with keys', value: keyed.rate, unit: 'records/s' },
    { name: 'generator, 8 columns, with keys', value: (keyed.rate * keyed.recordBytes) / 1e6, unit: 'MB/s' },
  ]
}

async function reading(folder: string): Promise<readonly ProducerFigure[]> {
  const file = join(folder, 'customers.csv')
  await pipeline(Readable.from(customers()), createWriteStream(file))
  const before = process.memoryUsage().rss
  const { rate } = await drain(await csv.open({ file }, { ...CONTEXT, key: 'customer_id' }))
  const grown = Math.max(0, process.memoryUsage().rss - before) / 1e6
  return [
    { name: `CSV of ${CSV_ROWS.toLocaleString('en')} rows, 9 columns`, value: rate, unit: 'records/s' },
    { name: 'memory that reading it took', value: grown, unit: 'MB' },
  ]
}

async function filing(folder: string): Promise<readonly ProducerFigure[]> {
  await using database = await openPgliteDatabase(join(folder, 'database'))
  const columns = [
    { name: 'id', type: 'long' },
    { name: 'name', type: 'string' },
    { name: 'spent', type: 'decimal(12,2)' },
    { name: 'at', type: 'timestamp' },
  ] as const
  const rate = (table: DatabaseTable) => fileInto(database, table)
  return [
    { name: 'database, insert', value: await rate({ name: 'plain', columns }), unit: 'records/s' },
    {
      name: 'database, upsert, half of them updates',
      value: await rate({ name: 'keyed', columns, key: 'id' }),
      unit: 'records/s',
    },
  ]
}

async function fileInto(database: Database, table: DatabaseTable): Promise<number> {
  const [batches, size] = [10, 10_000]
  await database.ensureTable(table)
  const since = performance.now()
  for (let batch = 0; batch < batches; batch++) {
    const first = batch * size
    const offsets = Float64Array.from({ length: size }, (_, index) => first + index)
    const line = (offset: number) =>
      `{"id":${Math.floor(offset / 2)},"name":"customer ${offset}","spent":${offset}.25,"at":"2026-11-22T01:02:03"}`
    const ndjson = new TextEncoder().encode(Array.from(offsets, line).join('\n'))
    const at = { sink: table.name, topic: 't', partition: 0, first, next: first + size, rejected: 0, lost: 0 }
    await database.insert(table, { ...at, ndjson, offsets })
  }
  return (batches * size * 1_000) / (performance.now() - since)
}

function* customers(): Generator<string> {
  yield 'customer_id,first_name,last_name,email,age,country,city,signed_up,total_spent\n'
  for (let from = 0; from < CSV_ROWS; from += 10_000) {
    const row = (_: unknown, index: number) =>
      `${from + index},Anna,Müller,"anna.${index}@example.org",${index % 90},U.S.A.,"New ""York""",2024-01-11,${index}.25\n`
    yield Array.from({ length: 10_000 }, row).join('')
  }
}

/** Takes all that a source has: records a second, and bytes a record. */
async function drain(source: RecordSource): Promise<{ readonly rate: number; readonly recordBytes: number }> {
  await using open = source
  const since = performance.now()
  let [records, bytes] = [0, 0]
  for (;;) {
    const pulled = await open.next(LIMITS)
    if (typeof pulled === 'string') break
    const routes = 'routed' in pulled ? pulled.routed.map((route) => route.records) : [pulled.records]
    for (const { count, ndjson } of routes) {
      records += count
      bytes += ndjson.length
    }
  }
  return { rate: (records * 1_000) / (performance.now() - since), recordBytes: bytes / records }
}

if (import.meta.main) {
  for (const { name, value, unit } of await measureProducers()) {
    const figure = value.toLocaleString('en', { maximumSignificantDigits: 3 })
    process.stdout.write(`${name.padEnd(48)} ${figure.padStart(12)} ${unit}\n`)
  }
}
