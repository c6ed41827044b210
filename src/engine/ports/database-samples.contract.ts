import type { Database, DatabaseBatch, DatabaseTable } from './database.ts'
import type { Cell, Page, QueryOptions } from './warehouse.ts'

export interface DatabaseStand {
  readonly database: Database
  /** Closes it, and opens it again. */
  reopen(): Promise<void>
}

let tables = 0

/** A table of its own for one test. */
export function aTable(given: Partial<DatabaseTable> = {}): DatabaseTable {
  const columns = [
    { name: 'id', type: 'long' },
    { name: 'name', type: 'string' },
  ] as const
  return { name: `sample_${tables++}`, columns, ...given }
}

/** A batch of the sink and topic that are named after the table, from offset `first` on. */
export function batchOf(table: DatabaseTable, first: number, rows: readonly (object | string)[]): DatabaseBatch {
  const lines = rows.map((row) => (typeof row === 'string' ? row : JSON.stringify(row)))
  return {
    sink: `${table.name}-sink`,
    topic: `${table.name}-topic`,
    partition: 0,
    first,
    next: first + rows.length,
    ndjson: new TextEncoder().encode(lines.join('\n')),
    offsets: Float64Array.from(rows, (_, index) => first + index),
    rejected: 0,
    lost: 0,
  }
}

/** All rows of a query. */
export async function rowsOf(
  database: Database,
  sql: string,
  options?: QueryOptions,
): Promise<readonly (readonly Cell[])[]> {
  return (await pagesOf(database, sql, options)).flatMap(({ rows }) => rows)
}

export async function pagesOf(database: Database, sql: string, options?: QueryOptions): Promise<readonly Page[]> {
  const pages: Page[] = []
  for await (const page of database.query(sql, options)) pages.push(page)
  return pages
}
