import type { Rows, Value } from './sql-engine.ts'

const TIME = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d(?:\.\d+)?)(?:Z|\+00(?::00)?)?$/

/** A cell as the suite compares it: however an engine spells a time, it is one. */
export function asValue(cell: unknown): Value {
  if (typeof cell === 'string') return TIME.test(cell) ? isoTime(cell) : cell
  if (typeof cell === 'number' || typeof cell === 'boolean' || cell === null) return cell
  throw new TypeError(`no value to compare: ${JSON.stringify(cell)}`)
}

function isoTime(text: string): string {
  const [, day, time] = TIME.exec(text) ?? []
  return new Date(`${day}T${time}Z`).toISOString()
}

/** 12 digits of a number: engines add doubles in different orders. */
export function comparable(rows: Rows): Rows {
  return rows.map((row) => row.map(rounded))
}

function rounded(value: Value): Value {
  if (typeof value === 'string') return asValue(value)
  return typeof value === 'number' ? Number(value.toPrecision(12)) : value
}
