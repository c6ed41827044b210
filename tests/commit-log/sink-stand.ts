import { randomUUID } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { duckdbTransform } from '#engine/adapters/embedded/duckdb-transform.ts'
import { duckdbWarehouse } from '#engine/adapters/embedded/duckdb-warehouse.ts'
import { openFolderLake } from '#engine/adapters/embedded/folder-lake.ts'
import { sqliteBroker } from '#engine/adapters/embedded/sqlite-broker.ts'
import { parseDataFileName } from '#engine/core/commit-log/data-file-name.ts'
import type { Column, TopicShape } from '#engine/core/columns.ts'
import type { LakeSinkPlan } from '#engine/core/plan.ts'
import { closeAge } from '#engine/jobs/close-age.ts'
import type { CommitLog } from '#engine/jobs/commit-log-runner.ts'
import { openSinkLog } from '#engine/jobs/open-sink-log.ts'
import type { PartitionReader } from '#engine/jobs/partition-reader.ts'
import { openLakeSink } from '#engine/jobs/sink-lake.ts'
import type { Warehouse } from '#engine/ports/warehouse.ts'

const COLUMNS: readonly Column[] = [
  { name: 'seq', type: 'long' },
  { name: 'name', type: 'string' },
  { name: 'at', type: 'timestamp' },
]
const SHAPE: TopicShape = { topic: 'events', columns: COLUMNS, time: 'at' }
const LIMITS = { maxRecords: 10_000, maxBytes: 1 << 20 }
const ROWS = 10

/** 01:00 of the day on which all records are made. */
export const HOUR_ONE = Date.UTC(2026, 10, 22, 1)
export const HOUR_MS = 3_600_000
export const ENDED = 'dt=2026-11-22/hour=01'

/** A lake sink on one partition of a real broker, lake and transform, with a clock to be set. */
export class SinkStand implements AsyncDisposable {
  readonly folder: string
  now = HOUR_ONE
  readonly warnings: string[] = []
  readonly plan: LakeSinkPlan
  readonly #parts: Awaited<ReturnType<typeof openParts>>
  #warehouse: Promise<Warehouse> | undefined

  private constructor(folder: string, plan: LakeSinkPlan, parts: Awaited<ReturnType<typeof openParts>>) {
    this.folder = folder
    this.plan = plan
    this.#parts = parts
  }

  static async open(folder = temporary(), change: Partial<LakeSinkPlan> = {}): Promise<SinkStand> {
    const close = { rows: 1_000_000, bytes: 1 << 30 }
    const sink = {
      name: 'all',
      from: ['events'],
      path: '/all',
      format: 'parquet',
      partitionBy: ['dt', 'hour'],
    } as const
    const plan = { ...sink, columns: COLUMNS, onDataLoss: 'continue', close, group: 'sluice.t.all', ...change } as const
    return new SinkStand(folder, plan, await openParts(folder))
  }

  openSink(): Promise<PartitionReader> {
    const { plan, log } = this
    const given = { topic: 'events', partition: 0, age: closeAge(2_000), newId: randomUUID, clock: () => this.now }
    return openLakeSink({ ...this.#parts, ...given, plan, log })
  }

  openLog(): Promise<CommitLog> {
    const { plan, log } = this
    return openSinkLog({ ...plan, ...this.#parts, topic: 'events', partition: 0, newId: randomUUID, log })
  }

  /** So many commits of ten records each, their time in the clock's hour. */
  async commits(sink: PartitionReader, times: number): Promise<void> {
    for (let commit = 0; commit < times; commit++) {
      const at = new Date(this.now).toISOString()
      const lines = Array.from({ length: ROWS }, (_, i) =>
        JSON.stringify({ seq: sink.next + i, name: `n${sink.next + i}`, at }),
      )
      const timestamps = new Float64Array(ROWS).fill(this.now)
      const ndjson = Buffer.from(lines.join('\n'))
      await this.#parts.broker.append('events', 0, { count: ROWS, timestamps, keys: lines.map(() => null), ndjson })
      await this.catchUp(sink)
    }
  }

  /** Takes and commits everything that the topic has. */
  async catchUp(sink: PartitionReader): Promise<void> {
    const { broker, transform } = this.#parts
    for (;;) {
      const batch = await broker.read('events', 0, sink.next, LIMITS)
      if (!batch) return sink.flush()
      const parsed = await transform.parse(SHAPE, batch)
      await sink.take({ parsed, from: sink.next })
      await parsed.release()
    }
  }

  /** As a reader sees it: rows, different offsets, and a sum that depends on every value. */
  async count(): Promise<readonly number[]> {
    this.#warehouse ??= this.#openWarehouse()
    const sql = 'SELECT count(*), count(DISTINCT kafka_offset), sum(seq + kafka_offset), count(DISTINCT name) FROM t'
    for await (const page of (await this.#warehouse).query(sql)) return (page.rows[0] ?? []).map(Number)
    return []
  }

  /** Data files by name, their folder before them; of one folder, or all. */
  files(folder = ''): readonly string[] {
    return below(join(this.folder, 'lake', 'all', folder)).filter((path) =>
      parseDataFileName(path.slice(path.lastIndexOf('/') + 1)),
    )
  }

  /** What must not stay: files in the log's tmp folder, and local ones. */
  leftovers(): readonly string[] {
    return [...below(join(this.folder, 'lake', 'all', '_sluice', 'tmp')), ...below(join(this.folder, 'temp'))]
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await (await this.#warehouse)?.close()
    await this.#parts.transform.close()
    await this.#parts.lake.close()
    await this.#parts.broker.close()
  }

  get log() {
    return {
      debug() {},
      info() {},
      warn: (_: object, message: string) => void this.warnings.push(message),
      error() {},
    }
  }

  async #openWarehouse(): Promise<Warehouse> {
    const { path, format, columns, partitionBy } = this.plan
    const options = { root: join(this.folder, 'lake'), tempFolder: join(this.folder, 'warehouse') }
    const warehouse = await duckdbWarehouse.open(options, { log: this.log })
    await warehouse.ensureTable({ name: 't', path, format, columns, partitionBy, snapshots: false })
    return warehouse
  }
}

/** What `count` says of records 0 … n - 1, each there once. */
export function eachOnce(n: number): readonly number[] {
  return [n, n, n * (n - 1), n]
}

export function temporary(): string {
  return mkdtempSync(join(tmpdir(), 'sink-stand-'))
}

async function openParts(folder: string) {
  const log = { debug() {}, info() {}, warn() {}, error() {} }
  const tempFolder = join(folder, 'temp')
  rmSync(tempFolder, { recursive: true, force: true })
  mkdirSync(tempFolder, { recursive: true })
  const broker = await sqliteBroker.open({ file: join(folder, 'broker.db') }, { log })
  await broker.ensureTopic('events', { partitions: 1 })
  const lake = await openFolderLake({ root: join(folder, 'lake') })
  return { broker, lake, transform: await duckdbTransform.open({ folder: tempFolder }, { log }), tempFolder }
}

function below(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort()
}
