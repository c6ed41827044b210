import type { Measure } from '#engine/core/plan.ts'
import { identifier } from '#engine/core/sql-literal.ts'
import type { AggregateProgram } from '#engine/ports/transform.ts'
import { columnSql, type SliceSql } from './duckdb-slice-sql.ts'

/** The greatest record time that a state has seen, kept in each of its rows. */
export const GREATEST = '"#greatest"'
const WINDOW = '"#window"'

/** One piece of a measure's running state: how it is made of records, and how two of it become one. */
interface Partial {
  readonly name: string
  readonly make: string
  readonly merge: string
}

/** A group's partials from records that aren't late. `greatest`: SQL of the greatest time before this slice, or NULL. */
export function partialsSql(program: AggregateProgram, slice: SliceSql, greatest: string): string {
  const groups = program.groupBy.map((column, at) => `${columnSql(slice, column)} AS g${at}`)
  const values = program.measures.map((measure, at) => `${argumentSql(measure)} AS a${at}`)
  const order = `struct_pack(t := epoch_us(${slice.time}), o := ${slice.offset}, p := ${slice.parsed.batch.partition}) AS k`
  const records = `SELECT ${[...groups, ...values, order, ...windowSql(program, slice), `${slice.time} AS t`].join(', ')} ${slice.from}${notLate(program, slice, greatest)}`
  const keys = keysOf(program)
  const made = program.measures.flatMap(partialsOf).map(({ name, make }) => `${make} AS ${identifier(name)}`)
  return `SELECT ${[...keys.map(({ from, to }) => `${from} AS ${to}`), ...made, `max(t) AS ${GREATEST}`].join(', ')} FROM (${records}) GROUP BY ${groupBy(keys.map(({ from }) => from))} HAVING count(*) > 0`
}

/** The same columns, one row for each group. */
export function mergedSql(program: AggregateProgram, relation: string): string {
  const keys = keysOf(program).map(({ to }) => to)
  const merged = program.measures.flatMap(partialsOf).map(({ name, merge }) => `${merge} AS ${identifier(name)}`)
  return `SELECT ${[...keys, ...merged, `max(${GREATEST}) AS ${GREATEST}`].join(', ')} FROM ${relation} GROUP BY ${groupBy(keys)} HAVING count(*) > 0`
}

/** The aggregate's rows: groups, window, measures; in the order of the groups. */
export function resultsSql(program: AggregateProgram, relation: string): string {
  const groups = program.groupBy.map(({ name }) => identifier(name))
  const window = program.window ? [`${WINDOW} AS window_start`] : []
  const measures = program.measures.map((measure, at) => `${resultSql(measure, at)} AS ${identifier(measure.name)}`)
  const order =
    groups.length + window.length === 0 ? '' : ` ORDER BY ${[...groups, ...window].map((_, at) => at + 1).join(', ')}`
  return `SELECT ${[...groups, ...window, ...measures].join(', ')} FROM (${mergedSql(program, relation)})${order}`
}

/** Counts the slice's late records, which `partialsSql` leaves out. */
export function lateSql(program: AggregateProgram, slice: SliceSql, greatest: string): string {
  const late = lateCondition(program, slice, greatest)
  return `SELECT count(*) FROM (SELECT ${late ?? 'false'} AS late ${slice.from}) WHERE late`
}

// A record is judged by the greatest time before it alone, so that a replay in other batches judges it the same.
function lateCondition({ window }: AggregateProgram, { time }: SliceSql, greatest: string): string | undefined {
  if (window?.keepMs === undefined) return undefined
  const before = `max(${time}) OVER (ORDER BY "#i" ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)`
  return `coalesce(${time} < greatest(${before}, ${greatest}) - to_milliseconds(${window.keepMs}), false)`
}

function notLate(program: AggregateProgram, slice: SliceSql, greatest: string): string {
  const late = lateCondition(program, slice, greatest)
  return late === undefined ? '' : ` QUALIFY NOT ${late}`
}

function windowSql({ window }: AggregateProgram, { time }: SliceSql): readonly string[] {
  return window ? [`time_bucket(to_milliseconds(${window.everyMs}), ${time}, TIMESTAMP '1970-01-01') AS w`] : []
}

function keysOf({
  groupBy: groups,
  window,
}: AggregateProgram): readonly { readonly from: string; readonly to: string }[] {
  const keys = groups.map(({ name }, at) => ({ from: `g${at}`, to: identifier(name) }))
  return window ? [...keys, { from: 'w', to: WINDOW }] : keys
}

function groupBy(keys: readonly string[]): string {
  return keys.length === 0 ? '()' : keys.join(', ')
}

// What fails for one record (an overflow) is null for it, as what is null is left out.
function argumentSql({ argument }: Measure): string {
  return argument === undefined ? '1' : `try((${argument}\n))`
}

function partialsOf({ function: kind, argument }: Measure, at: number): readonly Partial[] {
  const value = `a${at}`
  const summed = (part: string, make: string): Partial => {
    const name = `#${at} ${part}`
    return { name, make, merge: `sum(${identifier(name)})` }
  }
  const count = summed('count', argument === undefined ? 'count(*)' : `count(${value})`)
  switch (kind) {
    case 'count':
      return [count]
    case 'sum':
      return [summed('sum', `sum(${value})`)]
    case 'avg':
      return [summed('sum', `sum(${value})`), count]
    case 'min':
    case 'max':
      return [{ name: `#${at} ${kind}`, make: `${kind}(${value})`, merge: `${kind}(${identifier(`#${at} ${kind}`)})` }]
    case 'first':
      return orderedPartials(at, 'min')
    case 'last':
      return orderedPartials(at, 'max')
  }
}

/** The value with the least or greatest place: record time, offset, partition. */
function orderedPartials(at: number, end: 'min' | 'max'): readonly Partial[] {
  const [value, place] = [`#${at} value`, `#${at} place`]
  return [
    { name: value, make: `arg_${end}(a${at}, k)`, merge: `arg_${end}(${identifier(value)}, ${identifier(place)})` },
    { name: place, make: `${end}(k) FILTER (a${at} IS NOT NULL)`, merge: `${end}(${identifier(place)})` },
  ]
}

function resultSql({ function: kind }: Measure, at: number): string {
  const part = (name: string): string => identifier(`#${at} ${name}`)
  switch (kind) {
    case 'count':
      return part('count')
    case 'sum':
      return part('sum')
    case 'avg':
      return `${part('sum')}::DOUBLE / ${part('count')}`
    case 'min':
    case 'max':
      return part(kind)
    case 'first':
    case 'last':
      return part('value')
  }
}
