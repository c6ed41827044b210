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

export function sliceSql({ parsed, from }: Slice): SliceSql {
  if (!(parsed instanceof DuckdbParsed)) throw new TypeError('the slice is of another transform')
  const { batch, extras, table } = parsed
  return {
    parsed,
    from: `FROM ${identifier(table.name)} WHERE ${INDEX} >= ${indexOf(batch, from)}`,
    offset: extras.offsets ? OFFSET : `(${batch.firstOffset}::BIGINT + ${INDEX})`,
    time: timeSql(parsed),
  }
}

function timeSql({ shape, batch, extras }: DuckdbParsed): string {
  const broker = `make_timestamp_ms(${extras.times ? TIME : `${Math.trunc(batch.timestamps[0] ?? 0)}::BIGINT`})`
  const column = shape.columns.find(({ name, type }) => name === shape.time && type === 'timestamp')
  if (column === undefined) return broker
  const own = identifier(column.name)
  return `CASE WHEN ${own} >= TIMESTAMP '1970-01-01' AND ${own} < TIMESTAMP '2101-01-01' THEN ${own} ELSE ${broker} END`
}

/** A column of a file or a table, null where the slice's topic doesn't have it. */
export function columnSql({ parsed }: SliceSql, { name, type }: Column): string {
  const has = parsed.shape.columns.some((own) => own.name === name && own.type === type)
  return has ? identifier(name) : `NULL::${castingOf(type).duckdb}`
}
