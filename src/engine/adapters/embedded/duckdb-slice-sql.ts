import { castingOf } from '#engine/core/casting.ts'
import type { Column } from '#engine/core/columns.ts'
import { identifier } from '#engine/core/sql-literal.ts'
import { indexOf } from '#engine/core/batch-lines.ts'
import type { Slice } from '#engine/ports/transform.ts'
import { INDEX, OFFSET, TIME } from './duckdb-parse-sql.ts'
import { DuckdbParsed } from './duckdb-parsed.ts'

/** A slice of this adapter's own making, and the SQL that tells of its records. */
export interface SliceSql {
  readonly parsed: DuckdbParsed
  /** `FROM … WHERE …`: its rows in the order of their offsets; ends so that ` AND …` may follow. */
  readonly from: string
  readonly offset: string
  /** The record's own time where it has one between 1970 and 2100, else the broker's: TIMESTAMP, never null. */
  readonly time: string
}

export interface SliceOptions {
  /** Columns that SQL may name although the slice's topic doesn't have them: they are null. */
  readonly columns?: readonly Column[] | undefined
  /** The column that holds the record's time; absent: the topic's own. */
  readonly time?: string | undefined
}

export function sliceSql({ parsed, from }: Slice, options: SliceOptions = {}): SliceSql {
  if (!(parsed instanceof DuckdbParsed)) throw new TypeError('the slice is of another transform')
  const { batch, extras } = parsed
  return {
    parsed,
    from: `FROM ${relationSql(parsed, options.columns)} WHERE ${INDEX} >= ${indexOf(batch, from)}`,
    offset: extras.offsets ? OFFSET : `(${batch.firstOffset}::BIGINT + ${INDEX})`,
    time: timeSql(parsed, options.time ?? parsed.shape.time),
  }
}

/** The batch's table, with columns of other topics as nulls beside its own. */
export function relationSql({ shape, table }: DuckdbParsed, columns: readonly Column[] = []): string {
  const missing = columns.filter(({ name }) => !shape.columns.some((own) => own.name === name))
  if (missing.length === 0) return identifier(table.name)
  const nulls = missing.map(({ name, type }) => `NULL::${castingOf(type).duckdb} AS ${identifier(name)}`)
  return `(SELECT *, ${nulls.join(', ')} FROM ${identifier(table.name)})`
}

/** A column of a file or a table, null where the slice's topic doesn't have it. */
export function columnSql({ parsed }: SliceSql, { name, type }: Column): string {
  const has = parsed.shape.columns.some((own) => own.name === name && own.type === type)
  return has ? identifier(name) : `NULL::${castingOf(type).duckdb}`
}

function timeSql({ shape, batch, extras }: DuckdbParsed, time: string | undefined): string {
  const broker = `make_timestamp_ms(${extras.times ? TIME : `${Math.trunc(batch.timestamps[0] ?? 0)}::BIGINT`})`
  const column = shape.columns.find(({ name, type }) => name === time && type === 'timestamp')
  if (column === undefined) return broker
  const own = identifier(column.name)
  return `CASE WHEN ${own} >= TIMESTAMP '1970-01-01' AND ${own} < TIMESTAMP '2101-01-01' THEN ${own} ELSE ${broker} END`
}
