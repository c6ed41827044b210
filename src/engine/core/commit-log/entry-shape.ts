import type { Entry } from './entry.ts'
import { parseTmpName } from './log-paths.ts'

type Check = (value: unknown) => boolean
type Fields = Readonly<Record<string, Check>>

const atLeast =
  (least: number): Check =>
  (value) =>
    typeof value === 'number' && Number.isSafeInteger(value) && value >= least
const count = atLeast(0)
const offset = atLeast(-1)
const text: Check = (value) => typeof value === 'string'
const name: Check = (value) => typeof value === 'string' && value !== ''
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value)
const nullable =
  (check: Check): Check =>
  (value) =>
    value === null || check(value)
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check)
const shape =
  (fields: Fields): Check =>
  (value) =>
    faultIn(value, fields) === undefined

/** A path that stays below the sink's: an entry decides what is moved and removed, so a forged one must not reach out. */
const below: Check = (value) =>
  typeof value === 'string' && value.split('/').every((part) => part !== '' && part !== '.' && part !== '..')

const FILE: Fields = {
  tmp: (value) => typeof value === 'string' && parseTmpName(value) !== undefined,
  final: below,
  rows: count,
  bytes: count,
}
const PRINT: Fields = { offset: count, timestamp: Number.isFinite, crc: count }
const TOTALS: Fields = { in: count, filed: count, rejected: count, lost: count, files: count }
const ENTRY: Fields = {
  n: count,
  id: name,
  prev: nullable(name),
  first: count,
  last: offset,
  lost: optional(count),
  rows: count,
  rejected: count,
  files: listOf(shape(FILE)),
  removes: optional(listOf(below)),
  topic: text,
  print: nullable(shape(PRINT)),
  schema: text,
  totals: shape(TOTALS),
}

/** What is wrong with a value that should be an entry, or undefined. An unknown field may promise what we would not do: refused. */
export function entryFault(value: unknown): string | undefined {
  return faultIn(value, ENTRY)
}

/** Whether a value is an entry in every field. */
export function isEntry(value: unknown): value is Entry {
  return entryFault(value) === undefined
}

function faultIn(value: unknown, fields: Fields): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'it is no object'
  const unknown = Object.keys(value).find((key) => !Object.hasOwn(fields, key))
  if (unknown !== undefined) return `its field "${unknown}" is unknown to this version of Sluice`
  const given = new Map(Object.entries(value))
  const wrong = Object.keys(fields).find((key) => fields[key]?.(given.get(key)) === false)
  return wrong === undefined ? undefined : `its field "${wrong}" is wrong or missing`
}
