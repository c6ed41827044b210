import { mkdtempSync, rmSync } from 'node:fs'
import { mkdir, link } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { duckdbTransform } from '#engine/adapters/embedded/duckdb-transform.ts'
import { duckdbWarehouse } from '#engine/adapters/embedded/duckdb-warehouse.ts'
import { dataFileName } from '#engine/core/commit-log/data-file-name.ts'
import type { TopicShape } from '#engine/core/columns.ts'
import { closeAge } from '#engine/jobs/close-age.ts'
import type { Figure } from './figure.ts'

const HOURS = 24
const PARTITIONS = 3
const HOUR_MS = 3_600_000
const ROWS = 100
const log = { debug() {}, info() {}, warn() {}, error() {} }

const shape: TopicShape = {
  topic: 'space_data',
  columns: [
    { name: 'id', type: 'string' },
    { name: 'diameter_m', type: 'double' },
  ],
}

/**
 * The folder of a sink after 24 hours of commits at the default ages, with nothing merged: how many files there are, and
 * how long the first question of a warehouse that has just been opened takes.
 */
export async function measureFirstQuery(): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'))
  try {
    const files = await fileADay(folder)
    await using warehouse = await duckdbWarehouse.open(
      { root: join(folder, 'lake'), tempFolder: join(folder, 'temp') },
      { log },
    )
    await warehouse.ensureTable({
      name: 'objects',
      path: '/all',
      format: 'parquet',
      columns: shape.columns,
      partitionBy: ['dt', 'hour'],
      snapshots: false,
    })
    const ask = async (sql: string): Promise<number> => {
      const since = performance.now()
      for await (const page of warehouse.query(sql)) void page
      return performance.now() - since
    }
    return [
      { name: 'files of 24 h of commits', value: files, unit: 'files' },
      { name: 'first query: count(*)', value: await ask('SELECT count(*) FROM objects'), unit: 'ms' },
      { name: 'second query: count(*)', value: await ask('SELECT count(*) FROM objects'), unit: 'ms' },
      {
        name: 'a query of one hour',
        value: await ask("SELECT avg(diameter_m) FROM objects WHERE hour = '05'"),
        unit: 'ms',
      },
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** One written file under many names: what counts here is how many there are. */
async function fileADay(folder: string): Promise<number> {
  await mkdir(join(folder, 'temp'))
  const source = await writeOne(join(folder, 'temp'))
  const age = closeAge(2_000)
  let n = 0
  for (let now = 0; now < HOURS * HOUR_MS; now += age.ageMs(now)) {
    for (let partition = 0; partition < PARTITIONS; partition++) {
      const name = dataFileName({
        topic: shape.topic,
        partition,
        first: n * ROWS,
        last: n * ROWS + ROWS - 1,
        n,
        format: 'parquet',
      })
      const hour = String(Math.floor(now / HOUR_MS)).padStart(2, '0')
      const file = join(folder, 'lake', 'all', 'dt=2026-11-22', `hour=${hour}`, name)
      await mkdir(dirname(file), { recursive: true })
      await link(source, file)
    }
    age.filed(PARTITIONS, now)
    n++
  }
  return n * PARTITIONS
}

async function writeOne(folder: string): Promise<string> {
  await using transform = await duckdbTransform.open({ folder }, { log })
  const lines = Array.from({ length: ROWS }, (_, row) => JSON.stringify({ id: `object-${row}`, diameter_m: row }))
  const batch = {
    topic: shape.topic,
    partition: 0,
    firstOffset: 0,
    nextOffset: ROWS,
    count: ROWS,
    timestamps: new Float64Array(ROWS),
    keys: [],
    ndjson: Buffer.from(lines.join('\n')),
  }
  const parsed = await transform.parse(shape, batch)
  const [file] = await transform.write({ columns: shape.columns, format: 'parquet', partitionBy: [] }, [
    { parsed, from: 0 },
  ])
  await parsed.release()
  return file?.localFile ?? ''
}
