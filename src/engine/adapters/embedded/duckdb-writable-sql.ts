import { identifier } from '#engine/core/sql-literal.ts'
import type { ResultColumn } from '#engine/ports/warehouse.ts'

/** Types that Parquet or Hive don't have, and what they are written as. Sums of integers are HUGEINT. */
const WRITTEN_AS: ReadonlyMap<string, string> = new Map([
  ['HUGEINT', 'BIGINT'],
  ['UHUGEINT', 'BIGINT'],
  ['UBIGINT', 'BIGINT'],
  ['UINTEGER', 'BIGINT'],
  ['TIMESTAMP WITH TIME ZONE', 'TIMESTAMP'],
  ['TIMESTAMP_NS', 'TIMESTAMP'],
  ['TIMESTAMP_MS', 'TIMESTAMP'],
  ['TIMESTAMP_S', 'TIMESTAMP'],
  ['INTERVAL', 'VARCHAR'],
  ['UUID', 'VARCHAR'],
  ['JSON', 'VARCHAR'],
])

/** The type that a column is stored with. */
export function storedType(type: string): string {
  return WRITTEN_AS.get(type) ?? type
}

/**
 * The SELECT, with columns cast to types that every reader of the format knows. Too large a sum fails; it is never
 * rounded. In JSON a decimal is text, lest a reader makes a double of it.
 */
export function writableSql(
  select: string,
  columns: readonly ResultColumn[],
  format: 'parquet' | 'json' = 'parquet',
): string {
  const typeIn = (type: string): string =>
    format === 'json' && type.startsWith('DECIMAL') ? 'VARCHAR' : storedType(type)
  const cast = columns.filter(({ type }) => typeIn(type) !== type)
  if (cast.length === 0) return select
  const replaced = cast.map(({ name, type }) => `${identifier(name)}::${typeIn(type)} AS ${identifier(name)}`)
  return `SELECT * REPLACE (${replaced.join(', ')}) FROM (${select})`
}
