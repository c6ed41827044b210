import { castingOf } from './casting.ts'
import type { Column, ColumnType } from './columns.ts'
import { literal, numberLiteral } from './sql-literal.ts'

/** One check of a column: what it is called in `reject-reason.ts`, and DuckDB SQL that is true where a value fails it, never for null. */
export interface ColumnCheck {
  readonly code: 'below' | 'above' | 'other'
  readonly fails: (value: string) => string
}

/** The checks of a column, in the order in which they are reported. */
export function checksOf(column: Column): readonly ColumnCheck[] {
  const { type, min, max, values } = column
  const checks: ColumnCheck[] = []
  if (min !== undefined)
    checks.push({ code: 'below', fails: (value) => `${measure(type, value)} < ${bound(type, min)}` })
  if (max !== undefined)
    checks.push({ code: 'above', fails: (value) => `${measure(type, value)} > ${bound(type, max)}` })
  if (values !== undefined) {
    const allowed = values.map((value) => constant(type, value)).join(', ')
    const isAllowed = (value: string): string =>
      allowed === '' ? 'false' : `coalesce(${value} IN (${allowed}), false)`
    checks.push({ code: 'other', fails: (value) => `(${value} IS NOT NULL AND NOT ${isAllowed(value)})` })
  }
  return checks
}

function isText(type: ColumnType): boolean {
  return type === 'string' || type === 'json'
}

function measure(type: ColumnType, value: string): string {
  return isText(type) ? `length(${value})` : value
}

function bound(type: ColumnType, value: number | string): string {
  if (isText(type) || typeof value === 'number') return numberLiteral(Number(value))
  return constant(type, value)
}

function constant(type: ColumnType, value: string | number | boolean): string {
  return `(${castingOf(type).exact(literal(String(value)))})`
}
