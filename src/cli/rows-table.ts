import type { SqlCell, SqlPage } from '#contract/sql.ts'
import { table } from './table.ts'

const NUMBERS = /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|UINTEGER|FLOAT|REAL|DOUBLE|DECIMAL|NUMERIC|INT[248]|FLOAT[48])/i

/** Rows of a query as people read them: numbers to the right. */
export function rowsTable(columns: SqlPage['columns'], rows: SqlPage['rows']): string {
  return table({
    head: columns.map(({ name }) => name),
    rows: rows.map((row) => row.map(cellText)),
    right: columns.flatMap(({ type }, index) => (NUMBERS.test(type) ? [index] : [])),
  })
}

/** A value as text; null is "NULL", which no quoted text is confused with in a machine format. */
export function cellText(cell: SqlCell): string {
  if (cell === null) return 'NULL'
  return typeof cell === 'object' ? JSON.stringify(cell) : String(cell)
}
