import type { Column, Reject } from '#engine/core/columns.ts'
import type { Page, QueryOptions } from './warehouse.ts'

export interface DatabaseTable {
  readonly name: string
  readonly columns: readonly Column[]
  /** Upsert by this column. Absent: insert only. */
  readonly key?: string
}

/** Rows of one topic partition for one sink: offsets [first, next) are consumed by it, whether or not each gives a row. */
export interface DatabaseBatch {
  readonly sink: string
  readonly topic: string
  readonly partition: number
  /** The next offset that the database must hold for this sink, else FENCED. */
  readonly first: number
  readonly next: number
  /** One JSON object a line, cast already. */
  readonly ndjson: Uint8Array
  readonly offsets: Float64Array
  /** Counts of records that `ndjson` does not hold, added to the sink's totals. */
  readonly rejected: number
  readonly lost: number
}

/** Running totals of one sink and partition: `in` = inserted + updated + rejected + failed. */
export interface DatabasePosition {
  readonly next: number
  readonly in: number
  readonly inserted: number
  readonly updated: number
  readonly rejected: number
  readonly failed: number
  readonly lost: number
}

/**
 * Tables that sinks insert into. Rows and position are one transaction: after any crash each record is in it once or
 * not at all. Errors: NOT_CONNECTED (retryable), FENCED, SCHEMA_CHANGED.
 */
export interface Database extends AsyncDisposable {
  /** Makes the table (with `_topic`, `_partition`, `_offset`), or adds new columns; a changed type is SCHEMA_CHANGED. */
  ensureTable(table: DatabaseTable): Promise<void>
  position(sink: string, topic: string, partition: number): Promise<DatabasePosition | undefined>
  /**
   * Inserts (or upserts, the last offset wins) and moves the position from `first` to `next` as one act. A row that the
   * database refuses is found by halving and stands in `_sluice_failed`. Returns the new totals.
   */
  insert(table: DatabaseTable, batch: DatabaseBatch): Promise<DatabasePosition>
  failed(
    sink: string,
  ): Promise<readonly (Reject & { readonly topic: string; readonly partition: number; readonly raw: string })[]>
  query(sql: string, options?: QueryOptions): AsyncIterable<Page>
  tables(): Promise<readonly string[]>
  /** Drops the table and forgets the sink's positions and failures. */
  dropTable(name: string, sinks: readonly string[]): Promise<void>
  /** Idempotent. */
  close(): Promise<void>
}
