import { faultPoint } from '#engine/core/fault-point.ts'
import type { DatabaseSinkPlan } from '#engine/core/plan.ts'
import type { Broker } from '#engine/ports/broker.ts'
import type { Database, DatabaseTable } from '#engine/ports/database.ts'
import type { Slice, Transform } from '#engine/ports/transform.ts'
import type { PartitionReader } from './partition-reader.ts'

export interface DatabaseSinkOptions {
  readonly plan: DatabaseSinkPlan
  readonly topic: string
  readonly partition: number
  readonly broker: Broker
  readonly database: Pick<Database, 'ensureTable' | 'position' | 'insert'>
  readonly transform: Transform
}

/** Opens a database sink on one partition: it goes on where the database itself says that it stands. */
export async function openDatabaseSink(options: DatabaseSinkOptions): Promise<PartitionReader> {
  const { plan, topic, partition, database } = options
  const table: DatabaseTable = {
    name: plan.table,
    columns: plan.columns,
    ...(plan.key !== undefined && { key: plan.key }),
  }
  await database.ensureTable(table)
  const at = await database.position(plan.group, topic, partition)
  return new DatabaseSink(options, table, at?.next ?? 0)
}

class DatabaseSink implements PartitionReader {
  readonly due = Infinity
  next: number
  readonly #options: DatabaseSinkOptions
  readonly #table: DatabaseTable
  /** What the database holds as the next offset; behind `next` only by records that were lost. */
  #stored: number
  #lost = 0

  constructor(options: DatabaseSinkOptions, table: DatabaseTable, next: number) {
    this.#options = options
    this.#table = table
    this.next = next
    this.#stored = next
  }

  async take(slice: Slice): Promise<void> {
    const { plan, topic, partition, database, transform } = this.#options
    const { parsed, from } = slice
    const rows = await transform.rows(plan.columns, slice)
    const rejected = parsed.rejects.filter((reject) => reject.offset >= from).length
    const next = parsed.batch.nextOffset
    faultPoint('database-insert')
    const consumed = { first: this.#stored, next, rejected, lost: this.#lost }
    await database.insert(this.#table, { sink: plan.group, topic, partition, ...consumed, ...rows })
    this.next = next
    this.#stored = next
    this.#lost = 0
    faultPoint('offset-stored')
    // A hint for lag and retention: the truth is in the database.
    await this.#options.broker.commit([{ group: plan.group, topic, partition, next, metadata: '' }])
  }

  async tick(): Promise<void> {}

  async flush(): Promise<void> {}

  lose(low: number): void {
    this.#lost += low - this.next
    this.next = low
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}
