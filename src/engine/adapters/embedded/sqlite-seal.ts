import { crc32 } from 'node:zlib'
import { damaged } from './sqlite-errors.ts'

/**
 * A checksum over the columns of a row. SQLite finds damage to its trees, but not a changed value in a row: a position
 * that rots by one bit would skip or repeat records without a word.
 */
export function sealOf(row: object): number {
  const columns: [string, unknown][] = Object.entries(row)
  return crc32(JSON.stringify(columns.sort(([a], [b]) => (a < b ? -1 : 1))))
}

/** The row with its seal, ready for its table. */
export function sealed<Row extends object>(row: Row): Row & { readonly seal: number } {
  return { ...row, seal: sealOf(row) }
}

/** STORE_DAMAGED unless the columns of the row are those that were sealed. */
export function checkSeal(file: string, row: { readonly seal: number }): void {
  const { seal, ...columns } = row
  if (sealOf(columns) !== seal) throw damaged(file, `a row is not as it was written: ${JSON.stringify(columns)}`)
}
