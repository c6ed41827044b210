import type { DuckDBInstance } from '@duckdb/node-api'
import type { Batch } from '#engine/core/batch.ts'
import type { TopicShape } from '#engine/core/columns.ts'
import { BatchTable } from './duckdb-batch-table.ts'
import { DuckdbSession } from './duckdb-connection.ts'
import { DuckdbParsed } from './duckdb-parsed.ts'
import type { Extras } from './duckdb-parse-sql.ts'
import { readableLines } from './duckdb-readable-lines.ts'

/** Empty tables kept ready for each shape. */
const IDLE_TABLES = 64
const HOUR_MS = 3_600_000

/** The tables of a DuckDB that hold parsed batches, made as needed and used again. */
export class BatchTables {
  readonly #instance: DuckDBInstance
  readonly #idle = new Map<string, BatchTable[]>()
  readonly #all = new Set<BatchTable>()
  #made = 0
  #closed = false

  constructor(instance: DuckDBInstance) {
    this.#instance = instance
  }

  async parse(shape: TopicShape, batch: Batch): Promise<DuckdbParsed> {
    const extras = extrasOf(batch)
    const key = JSON.stringify([shape.columns, extras])
    const table = this.#idle.get(key)?.pop() ?? (await this.#create(shape, extras))
    try {
      const refusals = await table.load({
        ndjson: readableLines(shape, batch),
        count: batch.count,
        extras: extraTexts(batch, extras),
      })
      return new DuckdbParsed({ shape, batch, table, extras, refusals, done: () => this.#giveBack(key, table) })
    } catch (error) {
      await this.#drop(table)
      throw error
    }
  }

  /** Waits for what runs on them. A batch that is released afterwards has nothing to give back. */
  async close(): Promise<void> {
    this.#closed = true
    this.#idle.clear()
    for (const table of this.#all) await table.session.close()
    this.#all.clear()
  }

  async #create({ columns }: TopicShape, extras: Extras): Promise<BatchTable> {
    const name = `batch ${++this.#made}`
    const session = new DuckdbSession(await this.#instance.connect())
    return BatchTable.create({ name, columns, extras, session })
  }

  async #giveBack(key: string, table: BatchTable): Promise<void> {
    if (this.#closed) return
    const idle = this.#idle.get(key) ?? []
    this.#idle.set(key, idle)
    if (idle.length >= IDLE_TABLES) return this.#drop(table)
    await table.clear()
    idle.push(table)
  }

  async #drop(table: BatchTable): Promise<void> {
    this.#all.delete(table)
    await table.drop()
  }
}

function extrasOf({ offsets, timestamps }: Batch): Extras {
  const first = hourOf(timestamps[0])
  return { offsets: offsets !== undefined, times: timestamps.some((time) => hourOf(time) !== first) }
}

function hourOf(time = 0): number {
  return Math.floor(time / HOUR_MS)
}

function extraTexts({ offsets, timestamps }: Batch, extras: Extras): readonly string[] {
  return [
    ...(offsets && extras.offsets ? [offsets.join(',')] : []),
    ...(extras.times ? [timestamps.map(Math.trunc).join(',')] : []),
  ]
}
