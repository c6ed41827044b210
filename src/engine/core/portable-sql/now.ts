import { SluiceError } from '#engine/core/sluice-error.ts'
import { sqlTokens } from '#engine/core/sql-tokens.ts'

const ISO = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?)Z$/

/** The SQL with each `{now}` (not those in quotes) as a UTC literal of this time, ISO 8601 with "Z". USAGE for another text. */
export function withNow(sql: string, isoText: string): string {
  const [, day, time] = ISO.exec(isoText) ?? []
  if (day === undefined) throw new SluiceError('USAGE', `reading "${isoText}" as a time in UTC`)
  const pieces = nowPlaces(sql).reduceRight<readonly string[]>(
    ([rest = '', ...done], at) => [
      rest.slice(0, at),
      `TIMESTAMP '${day} ${time}'${rest.slice(at + '{now}'.length)}`,
      ...done,
    ],
    [sql],
  )
  return pieces.join('')
}

/** The place in `sql` of what stands at `position` in `withNow(sql, …)`, whose literals are each `longer` characters more. */
export function beforeNow(sql: string, position: number, longer: number): number {
  return nowPlaces(sql).reduce((at, place) => (at <= place ? at : Math.max(place, at - longer)), position)
}

/** The offsets of `{now}` outside quotes and comments. */
export function nowPlaces(sql: string): readonly number[] {
  return sqlTokens(sql).flatMap(({ text, start }) => (text === '{now}' ? [start] : []))
}
