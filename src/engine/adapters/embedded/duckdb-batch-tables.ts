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
  #made = 0

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
      await table.drop()
      throw error
    }
  }

  async close(): Promise<void> {
    const tables = [...this.#idle.values()].flat()
    this.#idle.clear()
    for (const table of tables) await table.drop()
  }

  async #create({ columns }: TopicShape, extras: Extras): Promise<BatchTable> {
    const name = `batch ${++this.#made}`
    const session = new DuckdbSession(await this.#instance.connect())
    return BatchTable.create({ name, columns, extras, session })
  }

  async #giveBack(key: string, table: BatchTable): Promise<void> {
    const idle = this.#idle.get(key) ?? []
    this.#idle.set(key, idle)
    if (idle.length >= IDLE_TABLES) return table.drop()
    await table.clear()
    idle.push(table)
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
