import { common, isNumber, type SqlType } from './sql-type.ts'

/** What an argument may be: `any`, or a kind that every engine takes without a cast of its own. */
type Kind = 'text' | 'number' | 'time' | 'any'

/** A function that DuckDB, Hive 4 and Spark 4 all have, with the same meaning. */
export interface PortableFunction {
  readonly takes: readonly Kind[]
  /** How many of `takes` must be there; all, if nothing is said. */
  readonly least?: number
  /** The last of `takes` may come again and again. */
  readonly variadic?: true
  readonly gives: (types: readonly SqlType[]) => SqlType
}

const gives = (type: SqlType) => (): SqlType => type
const first = (types: readonly SqlType[]): SqlType => types[0]
const textual = (...takes: Kind[]): PortableFunction => ({ takes, gives: gives('string') })
const real = (...takes: Kind[]): PortableFunction => ({ takes, gives: gives('double') })
const part: PortableFunction = { takes: ['time'], gives: gives('long') }

/** The scalar functions, by name. */
export const SCALAR_FUNCTIONS: ReadonlyMap<string, PortableFunction> = new Map(
  Object.entries({
    upper: textual('text'),
    lower: textual('text'),
    trim: textual('text'),
    ltrim: textual('text'),
    rtrim: textual('text'),
    reverse: textual('text'),
    replace: textual('text', 'text', 'text'),
    translate: textual('text', 'text', 'text'),
    lpad: textual('text', 'number', 'text'),
    rpad: textual('text', 'number', 'text'),
    repeat: textual('text', 'number'),
    substr: { ...textual('text', 'number', 'number'), least: 2 },
    substring: { ...textual('text', 'number', 'number'), least: 2 },
    concat_ws: { ...textual('text', 'text'), variadic: true },
    length: { takes: ['text'], gives: gives('long') },
    instr: { takes: ['text', 'text'], gives: gives('long') },
    abs: { takes: ['number'], gives: first },
    round: { takes: ['number', 'number'], least: 1, gives: ([type]) => (type === 'double' ? 'double' : undefined) },
    floor: { takes: ['number'], gives: gives(undefined) },
    ceil: { takes: ['number'], gives: gives(undefined) },
    ceiling: { takes: ['number'], gives: gives(undefined) },
    sign: { takes: ['number'], gives: gives(undefined) },
    sqrt: real('number'),
    cbrt: real('number'),
    exp: real('number'),
    ln: real('number'),
    log10: real('number'),
    power: real('number', 'number'),
    pow: real('number', 'number'),
    sin: real('number'),
    cos: real('number'),
    tan: real('number'),
    asin: real('number'),
    acos: real('number'),
    atan: real('number'),
    radians: real('number'),
    degrees: real('number'),
    pi: real(),
    year: part,
    quarter: part,
    month: part,
    weekofyear: part,
    day: part,
    hour: part,
    minute: part,
    second: part,
    nullif: { takes: ['any', 'any'], gives: first },
  } satisfies Record<string, PortableFunction>),
)

const number = { takes: ['number'], gives: gives('double') } as const satisfies PortableFunction
const pair = { takes: ['number', 'number'], gives: gives('double') } as const satisfies PortableFunction

/** The aggregate functions, by name. */
export const AGGREGATE_FUNCTIONS: ReadonlyMap<string, PortableFunction> = new Map(
  Object.entries({
    count: { takes: ['any'], gives: gives('long') },
    count_star: { takes: [], gives: gives('long') },
    sum: { takes: ['number'], gives: ([type]) => sumType(type) },
    avg: number,
    min: { takes: ['any'], gives: first },
    max: { takes: ['any'], gives: first },
    stddev_pop: number,
    stddev_samp: number,
    var_pop: number,
    var_samp: number,
    covar_pop: pair,
    covar_samp: pair,
    corr: pair,
    regr_slope: pair,
    regr_intercept: pair,
    regr_r2: pair,
    regr_count: { ...pair, gives: gives('long') },
  } satisfies Record<string, PortableFunction>),
)

/** The functions that need an OVER, by name. */
export const WINDOW_FUNCTIONS: ReadonlyMap<string, PortableFunction> = new Map(
  Object.entries({
    row_number: { takes: [], gives: gives('long') },
    rank: { takes: [], gives: gives('long') },
    dense_rank: { takes: [], gives: gives('long') },
    percent_rank: { takes: [], gives: gives('double') },
    cume_dist: { takes: [], gives: gives('double') },
    ntile: { takes: ['number'], gives: gives('long') },
    lag: { takes: ['any', 'number', 'any'], least: 1, gives: first },
    lead: { takes: ['any', 'number', 'any'], least: 1, gives: first },
    first_value: { takes: ['any'], gives: first },
    last_value: { takes: ['any'], gives: first },
  } satisfies Record<string, PortableFunction>),
)

/** What to write instead of a function that is not portable, where there is a good answer. */
export const INSTEAD: ReadonlyMap<string, string> = new Map(
  Object.entries({
    concat: 'Write a || b: concat treats NULL differently.',
    now: 'Write {now}, the time of the run.',
    get_current_timestamp: 'Write {now}, the time of the run.',
    today: 'Write CAST({now} AS DATE).',
    current_date: 'Write CAST({now} AS DATE).',
    date_part: 'Write extract(HOUR FROM x).',
    date_trunc: 'Write CAST(x AS DATE), or group by extract(HOUR FROM x); or give the SQL for each engine.',
    stddev: 'Write stddev_samp or stddev_pop: engines disagree on which stddev is.',
    variance: 'Write var_samp or var_pop: engines disagree on which variance is.',
    greatest: 'Write CASE WHEN a > b THEN a ELSE b END: greatest treats NULL differently.',
    least: 'Write CASE WHEN a < b THEN a ELSE b END: least treats NULL differently.',
    '~~*': 'Write lower(x) LIKE lower(y).',
    '!~~*': 'Write lower(x) NOT LIKE lower(y).',
    regexp_full_match: 'Write LIKE: patterns differ between engines.',
    regexp_matches: 'Write LIKE: patterns differ between engines.',
    regexp_replace: 'Write replace or translate: regexp_replace replaces once here and everywhere there.',
    '^': 'Write power(a, b).',
    '**': 'Write power(a, b).',
    '//': 'Write floor(a * 1e0 / b).',
    median: 'There is no median that all engines share; write avg.',
    contains: "Write x LIKE '%…%', or instr(x, y) > 0.",
    starts_with: "Write x LIKE 'a%'.",
    mod: 'Write a % b.',
    log: 'Write ln(x) or log10(x): engines disagree on which log is.',
    if: 'Write CASE WHEN … THEN … ELSE … END.',
    first: 'Write min or max: which row is first is not said.',
    last: 'Write min or max: which row is last is not said.',
  }),
)

function sumType(type: SqlType): SqlType {
  if (type === 'int' || type === 'long') return 'long'
  if (type === 'double') return 'double'
  const scale = /^decimal\(\d+,(\d+)\)$/.exec(type ?? '')?.[1]
  return scale === undefined ? undefined : `decimal(38,${Number(scale)})`
}

/** Whether an argument of this type fits; nothing is said of what is not known. */
export function fits(kind: Kind, type: SqlType): boolean {
  if (kind === 'any' || type === undefined || type === 'null') return true
  if (kind === 'text') return type === 'string'
  return kind === 'number' ? isNumber(type) : common([type, 'null']) === 'timestamp' || type === 'date'
}
