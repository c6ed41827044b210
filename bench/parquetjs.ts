import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import parquetjs from 'parquetjs-lite'
import { duckdbTransform } from '#engine/adapters/embedded/duckdb-transform.ts'
import type { Batch } from '#engine/core/batch.ts'
import type { TopicShape } from '#engine/core/columns.ts'
import type { Figure } from './figure.ts'
import { median } from './figure.ts'

const COUNT = 20_000
const RUNS = 5
const log = { debug() {}, info() {}, warn() {}, error() {} }

const rowSchema = z.record(z.string(), z.unknown())

const shape: TopicShape = {
  topic: 'space_data',
  time: 'observed_at',
  columns: [
    { name: 'id', type: 'string' },
    { name: 'kind', type: 'string' },
    { name: 'diameter_m', type: 'double' },
    { name: 'speed_kms', type: 'double' },
    { name: 'seq', type: 'long' },
    { name: 'observed_at', type: 'timestamp' },
  ],
}

/** The same records parsed and filed by our data plane and, a row at a time, by parquetjs-lite: in turn, in one run. */
export async function measureAgainstParquetjs(): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'))
  try {
    const batch = sample()
    await using transform = await duckdbTransform.open({ folder }, { log })
    const ours: number[] = []
    const theirs: number[] = []
    for (let run = 0; run < RUNS; run++) {
      ours.push(await timed(() => viaTransform(transform, batch)))
      theirs.push(await timed(() => viaParquetjs(join(folder, `${run}.parquet`), batch)))
    }
    const [mine, other] = [median(ours), median(theirs)].map((ms) => (COUNT / ms) * 1000)
    return [
      { name: 'a lake sink, parsing included', value: mine ?? 0, unit: 'records/s' },
      { name: 'the same by parquetjs-lite', value: other ?? 0, unit: 'records/s' },
      { name: 'times parquetjs-lite', value: (mine ?? 0) / (other ?? 1), unit: 'x' },
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

type OpenTransform = Awaited<ReturnType<typeof duckdbTransform.open>>

async function viaTransform(transform: OpenTransform, batch: Batch): Promise<void> {
  const parsed = await transform.parse(shape, batch)
  await transform.write({ columns: shape.columns, format: 'parquet', partitionBy: ['dt'] }, [{ parsed, from: 0 }])
  await parsed.release()
}

async function viaParquetjs(file: string, { ndjson }: Batch): Promise<void> {
  const schema = new parquetjs.ParquetSchema({
    id: { type: 'UTF8' },
    kind: { type: 'UTF8' },
    diameter_m: { type: 'DOUBLE' },
    speed_kms: { type: 'DOUBLE' },
    seq: { type: 'INT64' },
    observed_at: { type: 'TIMESTAMP_MILLIS' },
  })
  const writer = await parquetjs.ParquetWriter.openFile(schema, file)
  for (const line of Buffer.from(ndjson).toString().split('\n')) {
    const row = rowSchema.parse(JSON.parse(line))
    await writer.appendRow({ ...row, observed_at: new Date(String(row['observed_at'])) })
  }
  await writer.close()
}

function sample(): Batch {
  const lines = Array.from({ length: COUNT }, (_, seq) =>
    JSON.stringify({
      id: `object-${seq}`,
      kind: 'meteorite',
      diameter_m: seq / 7,
      speed_kms: 5 + (seq % 67),
      seq,
      observed_at: new Date(1.7e12 + seq).toISOString(),
    }),
  )
  return {
    topic: shape.topic,
    partition: 0,
    firstOffset: 0,
    nextOffset: COUNT,
    count: COUNT,
    timestamps: new Float64Array(COUNT).fill(1.7e12),
    keys: [],
    ndjson: Buffer.from(lines.join('\n')),
  }
}

async function timed(act: () => Promise<void>): Promise<number> {
  const since = performance.now()
  await act()
  return performance.now() - since
}
