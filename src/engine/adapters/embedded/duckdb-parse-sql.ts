import { castingOf } from '#engine/core/casting.ts'
import { checksOf } from '#engine/core/column-checks.ts'
import type { Column } from '#engine/core/columns.ts'
import type { RejectCode } from '#engine/core/reject-reason.ts'
import { identifier, literal } from '#engine/core/sql-literal.ts'

/** The columns of a batch table beside the topic's own; no topic can have columns of these names. */
export const INDEX = '"#i"'
export const OFFSET = '"#offset"'
export const TIME = '"#time"'
/** Null where a record is taken; else what is wrong with it, or that the fast reading is in doubt. */
export const REJECT = '"#reject"'

/** What a batch table holds of each record beside its columns: what can't be told from its index. */
export interface Extras {
  /** Offsets have gaps: they are bound as text, joined by commas. */
  readonly offsets: boolean
  /** The broker's times lie in more than one hour: they are bound likewise, behind the offsets. */
  readonly times: boolean
}

/** How a batch is read: decided by its bytes, so that the common batch pays for nothing else. */
export interface Reading extends Extras {
  /** A line is malformed: each is looked at first, for one of them fails the whole statement. */
  readonly guarded: boolean
  /** The bytes hold `true` or `false`, which `from_json` takes for the doubles 1 and 0. */
  readonly booleans: boolean
}

export function createTableSql(table: string, columns: readonly Column[], extras: Extras): string {
  const own = columns.map(({ name, type }) => `${identifier(name)} ${castingOf(type).duckdb}`)
  const technical = [`${INDEX} INTEGER`, `${REJECT} VARCHAR`, ...extraColumns(extras).map((name) => `${name} BIGINT`)]
  return `CREATE TABLE ${identifier(table)} (${[...technical, ...own].join(', ')})`
}

/**
 * Reads a batch, bound as one blob ($1), into its table: a row a line. Every line is parsed once, into the types that
 * `from_json` reads best. A row whose values aren't surely right (see `Casting`), that fails a check, or in which all is
 * null, is marked as doubtful for `judgeSql`.
 */
export function insertSql(table: string, columns: readonly Column[], reading: Reading): string {
  const fields = columns.map(fieldOf)
  const guarded = reading.guarded
    ? `SELECT * REPLACE (CASE WHEN json_valid(l) THEN l END AS l) FROM (${linesSql(reading)})`
    : linesSql(reading)
  const parsed = `SELECT *, from_json(l, ${structureOf(columns, ({ read }) => read)}) AS s FROM (${guarded})`
  const read = fields.map(
    (field) => `s.${field.name} AS ${field.read}, ${field.casting.fast(`s.${field.name}`)} AS ${field.value}`,
  )
  const extras = extraNames(reading)
  const cast = `SELECT ${['l', 'i', ...extras, ...read].join(', ')} FROM (${parsed})`
  const doubt = `CASE WHEN ${doubts(fields, reading).join(' OR ')} THEN '?' END`
  return `INSERT INTO ${identifier(table)} SELECT ${['i', doubt, ...extras, ...fields.map(({ value }) => value)].join(', ')} FROM (${cast})`
}

/**
 * Reads doubtful rows again, each value as text, and settles them by the exact rules. Bound are their lines alone, as one
 * blob ($1), and their indexes, as text joined by commas ($2).
 */
export function judgeSql(table: string, columns: readonly Column[]): string {
  const fields = columns.map(fieldOf)
  const lines = `SELECT ${splitSql('decode($1::BLOB)', 'chr(10)')} AS l, ${splitSql('$2::VARCHAR', "','")}::INTEGER AS i`
  const text = structureOf(columns, ({ read }) => (read === 'JSON' ? 'JSON' : 'VARCHAR'))
  const parsed = `SELECT *, CASE WHEN json_valid(l) THEN from_json(l, ${text}) END AS e FROM (${lines})`
  const exact = fields.map((field) => `${field.casting.exact(`e.${field.name}`)} AS ${field.value}`)
  const judged = `SELECT ${['l', 'i', 'e', ...exact].join(', ')} FROM (${parsed})`
  const verdict = `SELECT *, ${rejectSql(fields)} AS reject FROM (${judged})`
  const settled = fields.map(({ name, value }) => `${name} = j.${value}`)
  const target = identifier(table)
  return `UPDATE ${target} SET ${[`${REJECT} = j.reject`, ...settled].join(', ')} FROM (${verdict}) AS j WHERE ${target}.${INDEX} = j.i`
}

interface Field {
  readonly column: Column
  readonly casting: ReturnType<typeof castingOf>
  readonly index: number
  /** The JSON member's name, as an identifier. */
  readonly name: string
  /** What was read, and its cast. */
  readonly read: string
  readonly value: string
}

function fieldOf(column: Column, index: number): Field {
  const name = identifier(column.name)
  return { column, casting: castingOf(column.type), index, name, read: `r${index}`, value: `v${index}` }
}

function extraColumns({ offsets, times }: Extras): readonly string[] {
  return [...(offsets ? [OFFSET] : []), ...(times ? [TIME] : [])]
}

function extraNames({ offsets, times }: Extras): readonly string[] {
  return [...(offsets ? ['o'] : []), ...(times ? ['t'] : [])]
}

// The list's own subscripts are the indexes: no order is relied upon.
function linesSql(extras: Extras): string {
  const beside = extraNames(extras).map((name, at) => `, ${splitSql(`$${at + 2}::VARCHAR`, "','")}::BIGINT AS ${name}`)
  const list = 'SELECT string_split(decode($1::BLOB), chr(10)) AS x'
  return `SELECT unnest(x) AS l, generate_subscripts(x, 1) - 1 AS i${beside.join('')} FROM (${list})`
}

/** A row for each piece; several of these in one SELECT go in step. */
function splitSql(text: string, separator: string): string {
  return `unnest(string_split(${text}, ${separator}))`
}

function structureOf(columns: readonly Column[], typeOf: (casting: ReturnType<typeof castingOf>) => string): string {
  const members = columns.map(({ name, type }) => `${JSON.stringify(name)}:"${typeOf(castingOf(type))}"`)
  return literal(`{${members.join(',')}}`)
}

function doubts(fields: readonly Field[], reading: Reading): readonly string[] {
  const doubles = fields.filter(({ casting }) => casting.read === 'DOUBLE')
  return [
    allNull(fields),
    ...fields.flatMap(fieldDoubts),
    ...(doubles.length === 0 ? [] : [doublesDoubt(doubles, reading)]),
  ]
}

function fieldDoubts({ column, casting, read, value }: Field): readonly string[] {
  const failing = checksOf(column).map(({ fails }) => fails(value))
  const missing = column.required === true ? [`${read} IS NULL`] : []
  if (casting.fast(read) === read) return [...missing, ...failing]
  return [`(${read} IS NOT NULL AND ${value} IS NULL)`, `NOT (${casting.plain(read, value)})`, ...missing, ...failing]
}

// What is no object has no members either, and neither does the null that a malformed line was made into.
function allNull(fields: readonly Field[]): string {
  const [first, ...others] = fields.map(({ read }) => `${read} IS NULL`)
  return `CASE WHEN ${first ?? 'true'} THEN ${others.length === 0 ? 'true' : others.join(' AND ')} ELSE false END`
}

/**
 * A double read as null may be null, or text that is no double: their number tells. With booleans about, a 0 or 1 may be
 * one of these. One sum finds the rows for which this has to be looked at.
 */
function doublesDoubt(doubles: readonly Field[], { booleans }: Reading): string {
  const texts = `(l ->> [${doubles.map(({ column }) => literal(memberPointer(column.name))).join(', ')}])`
  const bits = booleans ? ` AND NOT (${doubles.map(({ read }) => `${read} IN (0, 1)`).join(' OR ')})` : ''
  const infinite = doubles.map(({ read }) => `NOT coalesce(isfinite(${read}), true)`)
  const given = doubles.map(({ read }) => `(${read} IS NOT NULL)::INT`).join(' + ')
  const hidden = [
    `list_count(${texts}) <> ${given}`,
    ...(booleans ? [`list_has_any(${texts}, ['true', 'false'])`] : []),
  ]
  const sum = doubles.map(({ read }) => read).join(' + ')
  return `CASE WHEN isfinite(${sum})${bits} THEN false ELSE ${[...infinite, ...hidden].join(' OR ')} END`
}

/** A member as a JSON pointer: it takes any name at all, where a path has wildcards. */
function memberPointer(name: string): string {
  return `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
}

/** `<column>:<code>:<text>` of the first column at fault, `:record:` where the whole is, null where all is well. */
function rejectSql(fields: readonly Field[]): string {
  const cases = fields.flatMap(({ column, index, name, value }) => {
    const text = `e.${name}`
    const reject = (code: RejectCode): string => `${literal(`${index}:${code}:`)} || left(${text}, 200)`
    return [
      ...(column.required === true ? [`WHEN ${text} IS NULL THEN ${literal(`${index}:missing:`)}`] : []),
      `WHEN ${text} IS NOT NULL AND ${value} IS NULL THEN ${reject('cast')}`,
      ...checksOf(column).map(({ code, fails }) => `WHEN ${fails(value)} THEN ${reject(code)}`),
    ]
  })
  return `CASE WHEN NOT json_valid(l) THEN ':record:' WHEN json_type(l) <> 'OBJECT' THEN ':record:' ${cases.join(' ')} END`
}
