import { mkdtempSync, rmSync } from 'node:fs'
import { mkdir, link } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { duckdbTransform } from '#engine/adapters/embedded/duckdb-transform.ts'
import { duckdbWarehouse } from '#engine/adapters/embedded/duckdb-warehouse.ts'
import { dataFileName } from '#engine/core/commit-log/data-file-name.ts'
import type { TopicShape } from '#engine/core/columns.ts'
import type { FileProgram, Transform } from '#engine/ports/transform.ts'
import type { Warehouse } from '#engine/ports/warehouse.ts'
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

const PROGRAM: FileProgram = { columns: shape.columns, format: 'parquet', partitionBy: [] }

/**
 * The folder of a sink after 24 hours of commits at the default ages, as it leaves it: each hour that has ended merged into
 * a file for each partition, the open hour as it was committed. How many files that is, what merging an hour takes, and how
 * long the first question of a warehouse that has just been opened takes.
 */
export async function measureFirstQuery(): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'))
  try {
    const { committed, standing, mergeMs } = await fileADay(folder)
    await using warehouse = await openWarehouse(folder)
    const ask = async (sql: string): Promise<number> => {
      const since = performance.now()
      for await (const page of warehouse.query(sql)) void page
      return performance.now() - since
    }
    return [
      { name: 'files that 24 h of commits made', value: committed, unit: 'files' },
      { name: 'files that stand, ended hours merged', value: standing, unit: 'files' },
      { name: 'merging an hour of a partition', value: mergeMs, unit: 'ms' },
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

async function openWarehouse(folder: string): Promise<Warehouse> {
  const options = { root: join(folder, 'lake'), tempFolder: join(folder, 'temp') }
  const warehouse = await duckdbWarehouse.open(options, { log })
  const table = { name: 'objects', path: '/all', format: 'parquet', columns: shape.columns, snapshots: false } as const
  await warehouse.ensureTable({ ...table, partitionBy: ['dt', 'hour'] })
  return warehouse
}

/** A commit of all partitions: its number, and the hour of the day. */
interface Commit {
  readonly n: number
  readonly hour: number
}

interface Day {
  readonly committed: number
  readonly standing: number
  readonly mergeMs: number
}

/** One written file, or one merged one, under many names: what counts here is how many there are. */
async function fileADay(folder: string): Promise<Day> {
  const temp = join(folder, 'temp')
  await mkdir(temp)
  await using transform = await duckdbTransform.open({ folder: temp }, { log })
  const small = await writeOne(transform)
  const byHour = Map.groupBy(commitsOfADay(), ({ hour }) => hour)
  const mergeable = await linkMany(small, join(temp, 'hour'), byHour.get(0)?.length ?? 0)
  const since = performance.now()
  const merged = await transform.concat(PROGRAM, mergeable)
  const mergeMs = performance.now() - since
  const files = [...byHour].flatMap(([hour, commits]) =>
    hour === HOURS - 1
      ? commits.map((commit) => ({ source: small, from: commit, to: commit }))
      : ends(commits).map((range) => ({ source: merged.localFile, ...range })),
  )
  for (const file of files) await linkPartitions(join(folder, 'lake', 'all'), file)
  return { committed: commitCount(byHour) * PARTITIONS, standing: files.length * PARTITIONS, mergeMs }
}

function commitsOfADay(): readonly Commit[] {
  const age = closeAge(2_000)
  const commits: Commit[] = []
  for (let now = 0; now < HOURS * HOUR_MS; now += age.ageMs(now)) {
    commits.push({ n: commits.length, hour: Math.floor(now / HOUR_MS) })
    age.filed(PARTITIONS, now)
  }
  return commits
}

function commitCount(byHour: ReadonlyMap<number, readonly Commit[]>): number {
  return [...byHour.values()].reduce((sum, { length }) => sum + length, 0)
}

function ends(commits: readonly Commit[]): readonly { readonly from: Commit; readonly to: Commit }[] {
  const [from, to] = [commits[0], commits.at(-1)]
  return from && to ? [{ from, to }] : []
}

async function linkMany(source: string, folder: string, count: number): Promise<readonly string[]> {
  await mkdir(folder)
  const files = Array.from({ length: count }, (_, i) => join(folder, `${i}.parquet`))
  for (const file of files) await link(source, file)
  return files
}

async function linkPartitions(
  lake: string,
  { source, from, to }: { readonly source: string; readonly from: Commit; readonly to: Commit },
): Promise<void> {
  const folder = join(lake, 'dt=2026-11-22', `hour=${String(to.hour).padStart(2, '0')}`)
  await mkdir(folder, { recursive: true })
  for (let partition = 0; partition < PARTITIONS; partition++) {
    const range = { first: from.n * ROWS, last: to.n * ROWS + ROWS - 1, n: to.n }
    await link(source, join(folder, dataFileName({ topic: shape.topic, partition, ...range, format: 'parquet' })))
  }
}

async function writeOne(transform: Transform): Promise<string> {
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
  const [file] = await transform.write(PROGRAM, [{ parsed, from: 0 }])
  await parsed.release()
  return file?.localFile ?? ''
}
