import { SluiceError } from './sluice-error.ts'

/**
 * The only place that turns values into SQL text, for DuckDB and Postgres (standard_conforming_strings): quotes are
 * doubled, a backslash means itself. NUL can't stand in SQL text: SQL_REFUSED.
 */

/** `it's` → `'it''s'`. */
export function literal(text: string): string {
  return `'${withoutNul(text).replaceAll("'", "''")}'`
}

/** `order` → `"order"`; any name at all. */
export function identifier(name: string): string {
  return `"${withoutNul(name).replaceAll('"', '""')}"`
}

/** `['a', 'b']` → `['a', 'b']` as an SQL list of texts. */
export function literalList(texts: readonly string[]): string {
  return `[${texts.map(literal).join(', ')}]`
}

/** A finite number as SQL text; SQL_REFUSED for NaN and the infinities, which have no portable literal. */
export function numberLiteral(value: number): string {
  if (!Number.isFinite(value)) throw new SluiceError('SQL_REFUSED', `writing the number ${value} as SQL`)
  return Object.is(value, -0) ? '-0.0' : String(value)
}

function withoutNul(text: string): string {
  if (text.includes('\0')) throw new SluiceError('SQL_REFUSED', 'writing a text with a NUL character as SQL')
  return text
}
