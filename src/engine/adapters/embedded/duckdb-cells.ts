import {
  DuckDBArrayValue,
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampSecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBUnionValue,
  type DuckDBValue,
} from '@duckdb/node-api'
import type { Cell } from '#engine/ports/warehouse.ts'

/**
 * A DuckDB value as it crosses: integers beyond 2^53, decimals, NaN and the infinities as text, timestamps ISO 8601 in
 * UTC, dates ISO 8601, blobs in hex, lists and structs as JSON, anything else as DuckDB writes it.
 */
export function cellOf(value: DuckDBValue): Cell {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString()
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  return objectCell(value)
}

type Composite = Extract<DuckDBValue, object>

function objectCell(value: Composite): Cell {
  if (isTimestamp(value)) return timestampCell(value.toString())
  if (value instanceof DuckDBDateValue) return value.toString()
  if (value instanceof DuckDBListValue || value instanceof DuckDBArrayValue) return value.items.map(cellOf)
  if (value instanceof DuckDBStructValue) return structCell(value)
  if (value instanceof DuckDBMapValue)
    return value.entries.map(({ key, value: held }) => ({ key: cellOf(key), value: cellOf(held) }))
  if (value instanceof DuckDBUnionValue) return cellOf(value.value)
  if (value instanceof DuckDBBlobValue) return Buffer.from(value.bytes).toString('hex')
  return value.toString()
}

function structCell(value: DuckDBStructValue): Cell {
  return Object.fromEntries(Object.entries(value.entries).map(([name, held]) => [name, cellOf(held)]))
}

function isTimestamp(value: Composite): boolean {
  return (
    value instanceof DuckDBTimestampValue ||
    value instanceof DuckDBTimestampTZValue ||
    value instanceof DuckDBTimestampMillisecondsValue ||
    value instanceof DuckDBTimestampSecondsValue ||
    value instanceof DuckDBTimestampNanosecondsValue
  )
}

// "2026-11-22 10:11:12.5" and, with a time zone, "2026-11-22 10:11:12.5+00": UTC, as the instance is set to.
function timestampCell(text: string): string {
  const [, day, time] = /^(\d{4,}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?)(?:\+00(?::00)?)?$/.exec(text) ?? []
  return day === undefined || time === undefined ? text : `${day}T${time}Z`
}
