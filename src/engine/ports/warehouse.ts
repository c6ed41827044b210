import type { ColumnType } from '#engine/core/columns.ts'
import type { TablePlan } from '#engine/core/plan.ts'

/** A value as it crosses: integers beyond 2^53 and decimals as text, timestamps ISO 8601 in UTC, nested values as JSON. */
export type Cell = string | number | boolean | null | readonly Cell[] | { readonly [key: string]: Cell }

export interface ResultColumn {
  readonly name: string
  /** The engine's own name of the type, e.g. "DOUBLE". */
  readonly type: string
}

export interface Page {
  readonly columns: readonly ResultColumn[]
  readonly rows: readonly (readonly Cell[])[]
}

export interface QueryOptions {
  readonly maxRows?: number
  readonly signal?: AbortSignal
  readonly onProgress?: (fraction: number) => void
}

export interface TableDescription {
  readonly name: string
  readonly path: string
  readonly columns: readonly { readonly name: string; readonly type: ColumnType }[]
  readonly partitionBy: readonly string[]
}

/**
 * Answers SQL over tables that lie in the lake. A reader sees whole commits only: never half a file, never a row twice.
 * One SELECT, EXPLAIN, DESCRIBE or SHOW at a time (SQL_REFUSED otherwise); no SQL reads or writes but through the tables.
 */
export interface Warehouse extends AsyncDisposable {
  catalog(): Promise<readonly TableDescription[]>
  /** Makes the table known, or brings it up to this definition: new columns are added; a changed or removed one is SCHEMA_CHANGED. */
  ensureTable(table: TablePlan): Promise<void>
  /** Forgets the table; its files stay. */
  dropTable(name: string): Promise<void>
  /** Makes folders that were filed visible. A no-op where the warehouse lists by itself. */
  addPartitions(table: string, folders: readonly string[]): Promise<void>
  /** Pages of at most 1,000 rows, the first also when it is empty. SQL_FAILED with the place; CANCELLED within a second of the signal. */
  query(sql: string, options?: QueryOptions): AsyncIterable<Page>
  explain(sql: string): Promise<string>
  /** Runs a SELECT and files its whole result as Parquet at a new local file. Returns rows and columns. */
  export(
    sql: string,
    localFile: string,
    signal?: AbortSignal,
  ): Promise<{ readonly rows: number; readonly columns: readonly ResultColumn[] }>
  /** Idempotent. */
  close(): Promise<void>
}
