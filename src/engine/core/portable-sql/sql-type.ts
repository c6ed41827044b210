import type { ColumnType } from '#engine/core/columns.ts'

/** What is known of a value before any row is read; undefined: nothing. */
export type SqlType = ColumnType | 'interval' | 'null' | undefined

export function isText(type: SqlType): boolean {
  return type === 'string' || type === 'json'
}

export function isInteger(type: SqlType): boolean {
  return type === 'int' || type === 'long'
}

export function isDecimal(type: SqlType): boolean {
  return type?.startsWith('decimal') ?? false
}

export function isNumber(type: SqlType): boolean {
  return isInteger(type) || type === 'double' || isDecimal(type)
}

export function isTime(type: SqlType): boolean {
  return type === 'timestamp' || type === 'date'
}

/** Two values that every engine compares without a cast of its own. */
export function comparable(a: SqlType, b: SqlType): boolean {
  if (a === undefined || b === undefined || a === 'null' || b === 'null') return true
  return kindOf(a) === kindOf(b)
}

/** The type of a value that is one or the other; undefined where nothing simple is right for both. */
export function common(types: readonly SqlType[]): SqlType {
  const [first, ...others] = types.filter((type) => type !== 'null')
  return others.reduce<SqlType>(commonOfTwo, first)
}

function commonOfTwo(a: SqlType, b: SqlType): SqlType {
  if (a === b) return a
  if (isInteger(a) && isInteger(b)) return 'long'
  return isNumber(a) && isNumber(b) && (a === 'double' || b === 'double') ? 'double' : undefined
}

function kindOf(type: SqlType): string {
  if (isNumber(type)) return 'number'
  if (isText(type)) return 'text'
  return isTime(type) ? 'time' : String(type)
}
