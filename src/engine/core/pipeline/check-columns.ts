import type { ColumnType } from '#engine/core/columns.ts'
import { isNumber, isTime } from '#engine/core/portable-sql/sql-type.ts'
import { declared, type Draft } from './draft.ts'
import type { Finding, KeyPath } from './problem.ts'
import { RESERVED_WORDS } from './reserved-words.ts'
import type { ColumnDeclaration } from './topic-schema.ts'

type Bound = string | number | boolean

/** A topic's columns by themselves: bounds and values of the column's type, and names that engines keep for themselves. */
export function checkColumns(draft: Draft): readonly Finding[] {
  return declared(draft.topics).flatMap(([topic, { columns = {} }]) =>
    Object.entries(columns).flatMap(([name, column]) => {
      const path = ['topics', topic, 'columns', name]
      return [...reserved(name, path), ...boundFindings(column, path), ...valueFindings(column, path)]
    }),
  )
}

function reserved(name: string, path: KeyPath): readonly Finding[] {
  if (!RESERVED_WORDS.has(name)) return []
  const message = `"${name}" is a reserved word of SQL.`
  return [
    {
      path,
      at: 'key',
      message,
      remedy: `It works, but SQL has to write it "${name}", in quotes.`,
      severity: 'warning',
    },
  ]
}

function boundFindings({ type, min, max }: ColumnDeclaration, path: KeyPath): readonly Finding[] {
  const given = Object.entries({ min, max }).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, value] as const],
  )
  const odd = given.filter(([, value]) => !isBound(value, type))
  if (odd.length > 0) return odd.map(([key, value]) => wrong([...path, key], value, boundWords(type)))
  if (min === undefined || max === undefined || !isAbove(min, max)) return []
  return [{ path: [...path, 'min'], message: `min ${min} is above max ${max}.`, remedy: 'Swap them.' }]
}

function valueFindings({ type, values = [] }: ColumnDeclaration, path: KeyPath): readonly Finding[] {
  return values.flatMap((value, i) => (isValue(value, type) ? [] : [wrong([...path, 'values', i], value, aType(type))]))
}

function wrong(path: KeyPath, value: Bound, wanted: string): Finding {
  return {
    path,
    message: `${JSON.stringify(value)} is not ${wanted}.`,
    remedy: 'Write a value of the type of the column.',
  }
}

/** Of a text the bound is its length. */
function isBound(value: Bound, type: ColumnType): boolean {
  if (type === 'boolean' || type === 'json') return false
  return type === 'string' ? Number.isSafeInteger(value) && Number(value) >= 0 : isValue(value, type)
}

function boundWords(type: ColumnType): string {
  if (type === 'boolean' || type === 'json') return `a bound: a ${type} has none`
  return type === 'string' ? 'a length of a text' : aType(type)
}

function aType(type: ColumnType): string {
  return type === 'int' ? 'an int' : `a ${type}`
}

function isValue(value: Bound, type: ColumnType): boolean {
  if (type === 'json' || type === 'string') return typeof value === 'string'
  if (type === 'boolean') return typeof value === 'boolean'
  if (isTime(type)) return typeof value === 'string' && isIso(value, type)
  return isNumber(type) && isNumeric(value, type)
}

/** Numbers beyond 2^53 can be written as texts. */
function isNumeric(value: Bound, type: ColumnType): boolean {
  const text = String(value)
  if (typeof value === 'boolean') return false
  if (type === 'int' || type === 'long')
    return /^-?\d+$/.test(text) && BigInt.asIntN(type === 'int' ? 32 : 64, BigInt(text)) === BigInt(text)
  return /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text) && Number.isFinite(Number(text))
}

function isIso(value: string, type: ColumnType): boolean {
  const pattern =
    type === 'date'
      ? /^\d{4}-\d{2}-\d{2}$/
      : /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?$/
  const day = Date.parse(`${value.slice(0, 10)}T00:00:00Z`)
  return pattern.test(value) && new Date(day || 0).toISOString().startsWith(value.slice(0, 10))
}

function isAbove(min: Bound, max: Bound): boolean {
  return typeof min === 'number' && typeof max === 'number'
    ? min > max
    : typeof min === typeof max && String(min) > String(max)
}
