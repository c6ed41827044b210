import { types } from '@electric-sql/pglite'
import type { Cell } from '#engine/ports/warehouse.ts'

/** Makes a cell of a value's text, as Postgres writes it. */
type Reading = (text: string) => Cell

const number: Reading = (text) => (Number.isFinite(Number(text)) ? Number(text) : text)
const integer: Reading = (text) => (Number.isSafeInteger(Number(text)) ? Number(text) : text)
// "infinity" and years before Christ have no ISO form of ours: they stay as they are.
const time: Reading = (text) => (/^\d{4}-[^ ]+ [\d:.]+$/.test(text) ? `${text.replace(' ', 'T')}Z` : text)
const zoned: Reading = (text) =>
  /^\d{4}-[^ ]+ [\d:.]+\+00$/.test(text) ? `${text.slice(0, -3).replace(' ', 'T')}Z` : text

const json: Reading = JSON.parse

const READINGS: ReadonlyMap<number, Reading> = new Map([
  [types.BOOL, (text: string) => text === 't'],
  [types.INT2, integer],
  [types.INT4, integer],
  [types.INT8, integer],
  [types.OID, integer],
  [types.FLOAT4, number],
  [types.FLOAT8, number],
  [types.JSON, json],
  [types.JSONB, json],
  [types.TIMESTAMP, time],
  [types.TIMESTAMPTZ, zoned],
])

/** How values of a type are read; every type that isn't known by its oid stays text, decimals and dates among them. */
export function cellOf(oid: number | undefined, text: string | null): Cell {
  return text === null ? null : (READINGS.get(oid ?? 0) ?? String)(text)
}
