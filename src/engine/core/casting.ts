import type { ColumnType } from './columns.ts'
import { literal } from './sql-literal.ts'

/**
 * How a column type is read from JSON and named by each engine. Every function takes and gives DuckDB SQL.
 *
 * A value is read in two ways that agree. The fast one casts what `from_json` gave as `read`, and is trusted where
 * `plain` holds; anything else is judged by `exact` from the value's text, which is slow and knows every spelling.
 */
export interface Casting {
  /** What is accepted, for the documentation and the form. White space around is trimmed, but for strings and json. */
  readonly spellings: string
  readonly duckdb: string
  readonly hive: string
  readonly spark: string
  readonly postgres: string
  /** The type that `from_json` is asked for on the fast path. */
  readonly read: 'VARCHAR' | 'DOUBLE' | 'JSON'
  /** The value, from what was read. */
  readonly fast: (read: string) => string
  /** True where `value`, the outcome of `fast`, is right; null or false may be in doubt. */
  readonly plain: (read: string, value: string) => string
  /** The value from its text, null where the text is none of the spellings. */
  readonly exact: (text: string) => string
}

/** The row of a type in the casting table. */
export function castingOf(type: ColumnType): Casting {
  if (!isDecimal(type)) return CASTINGS[type]
  const [precision = '', scale = ''] = type.slice('decimal('.length, -1).split(',')
  return decimalCasting(Number(precision), Number(scale))
}

type DecimalType = Extract<ColumnType, `decimal(${string}`>

function isDecimal(type: ColumnType): type is DecimalType {
  return type.startsWith('decimal(')
}

const BLANK = literal(' \t\n\r\v\f\u00a0')
const BLANKS = '[ \\t\\n\\r\\v\\f]*'
const DIGITS = '[0-9]+(_[0-9]+)*'
const FIRST_TIME = "TIMESTAMP '0001-01-01'"
const LAST_TIME = "TIMESTAMP '9999-12-31 23:59:59.999999'"

const trimmed = (text: string): string => `trim(${text}, ${BLANK})`
const matches = (text: string, pattern: string): string => `regexp_full_match(${text}, ${literal(pattern)})`
const always = (): string => 'true'
const itself = (text: string): string => text

const CASTINGS: Readonly<Record<Exclude<ColumnType, DecimalType>, Casting>> = {
  string: {
    spellings: 'Any text as it is; a number, true or false as its text; an object or array as its JSON.',
    duckdb: 'VARCHAR',
    hive: 'STRING',
    spark: 'STRING',
    postgres: 'text',
    read: 'VARCHAR',
    fast: itself,
    plain: always,
    exact: itself,
  },
  json: {
    spellings: 'Any JSON value, kept as compact JSON text; its numbers are read as doubles or 64-bit integers.',
    duckdb: 'JSON',
    hive: 'STRING',
    spark: 'STRING',
    postgres: 'jsonb',
    read: 'JSON',
    fast: itself,
    plain: always,
    exact: itself,
  },
  int: { ...wholeNumber('INTEGER', 'from -2147483648 to 2147483647'), hive: 'INT', spark: 'INT', postgres: 'integer' },
  long: { ...wholeNumber('BIGINT', 'of 64 bits'), hive: 'BIGINT', spark: 'BIGINT', postgres: 'bigint' },
  double: {
    spellings: 'A finite decimal number, with or without an exponent: 12, -0.5, .5, 1e-3, 1_000.5.',
    duckdb: 'DOUBLE',
    hive: 'DOUBLE',
    spark: 'DOUBLE',
    postgres: 'double precision',
    read: 'DOUBLE',
    fast: itself,
    plain: (read) => `isfinite(${read})`,
    exact: (text) => nullUnless(`try_cast(${trimmed(text)} AS DOUBLE)`, (value) => `isfinite(${value})`),
  },
  boolean: {
    spellings: 'true, t, yes, y, 1 and false, f, no, n, 0, in any case.',
    duckdb: 'BOOLEAN',
    hive: 'BOOLEAN',
    spark: 'BOOLEAN',
    postgres: 'boolean',
    read: 'VARCHAR',
    fast: (read) => `try_cast(${read} AS BOOLEAN)`,
    plain: always,
    exact: (text) => `try_cast(${trimmed(text)} AS BOOLEAN)`,
  },
  timestamp: {
    spellings:
      'ISO 8601: 2026-11-22, 2026-11-22T10:11, 2026-11-22 10:11:12.345678, with Z, +02:00 or nothing (UTC) at the end; digits beyond microseconds are cut.',
    duckdb: 'TIMESTAMP',
    hive: 'TIMESTAMP',
    spark: 'TIMESTAMP',
    postgres: 'timestamp',
    read: 'VARCHAR',
    fast: (read) => `try_cast(${read} AS TIMESTAMP)`,
    plain: plainTimestamp,
    exact: exactTimestamp,
  },
  date: {
    spellings: 'ISO 8601: 2026-11-22.',
    duckdb: 'DATE',
    hive: 'DATE',
    spark: 'DATE',
    postgres: 'date',
    read: 'VARCHAR',
    fast: (read) => `try_cast(${read} AS DATE)`,
    plain: (read, value) => `length(${read}) = 10 AND ${value}::VARCHAR = ${read}`,
    exact: exactDate,
  },
}

function wholeNumber(
  type: string,
  range: string,
): Pick<Casting, 'spellings' | 'duckdb' | 'read' | 'fast' | 'plain' | 'exact'> {
  return {
    spellings: `A whole number ${range}: 12, -3, +4, 007, 12.0, 1_000. Never rounded.`,
    duckdb: type,
    read: 'VARCHAR',
    fast: (read) => `try_cast(${read} AS ${type})`,
    plain: (read, value) => `${value}::VARCHAR = ${read}`,
    exact: (text) => {
      const digits = `regexp_replace(${trimmed(text)}, '\\.0*$', '')`
      return `CASE WHEN ${matches(digits, `[+-]?${DIGITS}`)} THEN try_cast(${digits} AS ${type}) END`
    },
  }
}

/**
 * Exact without an exponent by counting the digits after the point; with one (as JSON writers spell small doubles) by
 * way of a double, which holds any 15 digits.
 */
function decimalCasting(precision: number, scale: number): Casting {
  const type = `DECIMAL(${precision},${scale})`
  const exact = (text: string): string => {
    const number = trimmed(text)
    const fraction = `rtrim(regexp_extract(${number}, '\\.([0-9]*)$', 1), '0')`
    const short = `regexp_replace(${number}, '(\\.[0-9]*[1-9])0+$|\\.0*$', '\\1')`
    const viaDouble = nullUnless(
      `try_cast(try_cast(${number} AS DOUBLE) AS ${type})`,
      (value) => `${value}::DOUBLE = try_cast(${number} AS DOUBLE)`,
    )
    return (
      `CASE WHEN ${matches(number, `[+-]?(${DIGITS}\\.?[0-9]*|\\.[0-9]+)`)} ` +
      `THEN CASE WHEN length(${fraction}) <= ${scale} THEN try_cast(${short} AS ${type}) END ` +
      `WHEN ${matches(number, '[+-]?[0-9]\\.?[0-9]{0,14}[eE][+-]?[0-9]+')} THEN ${viaDouble} END`
    )
  }
  return {
    spellings: `A decimal number of up to ${precision - scale} digits before and ${scale} after the point. Never rounded.`,
    duckdb: type,
    hive: type,
    spark: type,
    postgres: `numeric(${precision},${scale})`,
    read: 'VARCHAR',
    fast: (read) => `try_cast(${read} AS ${type})`,
    plain: (read) => matches(read, scale === 0 ? '-?[0-9]+' : `-?[0-9]+(\\.[0-9]{1,${scale}})?`),
    exact,
  }
}

// What most writers write, told by its shape: a cast that succeeds has read digits there. The year has four of them.
function plainTimestamp(read: string, value: string): string {
  const other = matches(read, '[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]*)?Z?')
  return `CASE WHEN ${read} LIKE '____-__-__T__:__:__%Z' THEN ${value} >= TIMESTAMP '1000-01-01' ELSE ${other} END`
}

// TIMESTAMPTZ heeds an offset, which a plain TIMESTAMP drops; the pattern keeps out zone names, words and years of one digit.
function exactTimestamp(text: string): string {
  const time = `upper(${trimmed(text)})`
  const whole = `regexp_replace(${time}, '^(\\S+[T ][0-9]{1,2}:[0-9]{2})(Z|[+-][0-9:]+)$', '\\1:00\\2')`
  const offset = ' ?(Z|UTC|[+-](0[0-9]|1[0-8])(:?[0-5][0-9])?)?'
  const pattern = `[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([T ]${BLANKS}[0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]*)?)?${offset})?`
  const joined = `regexp_replace(${whole}, ' ([+-][0-9:]+)$', '\\1')`
  const value = `try_cast(${joined} AS TIMESTAMPTZ) AT TIME ZONE 'UTC'`
  const inRange = nullUnless(`(${value})`, (at) => `${at} BETWEEN ${FIRST_TIME} AND ${LAST_TIME}`)
  return `CASE WHEN ${matches(time, pattern)} THEN ${inRange} END`
}

function exactDate(text: string): string {
  const date = trimmed(text)
  const inRange = nullUnless(`try_cast(${date} AS DATE)`, (day) => `${day} >= DATE '0001-01-01'`)
  return `CASE WHEN ${matches(date, '[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}')} THEN ${inRange} END`
}

function nullUnless(value: string, holds: (value: string) => string): string {
  return `CASE WHEN ${holds(value)} THEN ${value} END`
}
