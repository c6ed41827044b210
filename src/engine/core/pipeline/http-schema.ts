import { z } from 'zod'
import { columnName, duration, lakePath, tableName } from './scalars.ts'

const url = z.string().regex(/^https?:\/\/[^\s/]+/, { error: 'must be an http:// or https:// address' })
const jsonPath = z.string().regex(/^\$/, { error: 'must be a JSON path, e.g. "$.current"' })
const calendarDay = z
  .union([z.iso.date(), z.string().regex(/^-?\d+ days?$/, { error: 'must be a day or "-30 days"' })])
  .describe('A day (2026-01-31), or days from today: "-30 days".')
const MAP = "How each column is found: a path in the item, or a text with the item's {names}."
const item = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]))

const retries = z
  .strictObject({
    first: duration.default(1000).describe('The first pause; 1 s if nothing is said.'),
    factor: z.number().min(1).max(10).default(2).describe('How much longer each next pause is.'),
    max: duration.default(300_000).describe('The longest pause; 5 minutes if nothing is said.'),
    jitter: z.boolean().default(true).describe('Spreads the pauses at random.'),
  })
  .describe('What happens after a failure. Retry-After is obeyed besides.')

const quota = z
  .strictObject({
    minute: z.int().min(1).exactOptional().describe('The most requests a minute.'),
    hour: z.int().min(1).exactOptional().describe('The most requests an hour.'),
    day: z.int().min(1).exactOptional().describe('The most requests a day.'),
  })
  .describe('The most requests ever made, all items and the history together.')

const history = z
  .strictObject({
    url: url.describe('The address, with the names of an item and with {from} and {to} in braces.'),
    from: calendarDay,
    to: calendarDay,
    items: jsonPath.default('$').describe('Where the records are: a list, or an object of lists of the same length.'),
    map: z
      .record(columnName, z.string())
      .exactOptional()
      .describe(`${MAP} As \`map\` of the producer if nothing is said.`),
    into: z
      .strictObject({
        path: lakePath.describe('The lake folder.'),
        table: tableName.describe('The table over it.'),
      })
      .describe('Where past days are filed, one file for each item and day.'),
    collected: tableName.describe('The database table with a row for each item and day that is filed.'),
  })
  .describe('Past days, collected once each.')

/** `producers.<name>.http` */
export const httpSchema = z
  .strictObject({
    url: url.describe('The address, with the names of an item in braces: {lat}.'),
    for_each: z.array(item).min(1).exactOptional().describe('One request for each of these at every tick.'),
    every: duration.describe('The time between two ticks, e.g. 1 minute.'),
    items: jsonPath.default('$').describe('Where the records are in the answer: an object, or a list of objects.'),
    map: z.record(columnName, z.string()).describe(MAP),
    retries: retries.prefault({}),
    quota: quota.prefault({}),
    raw: lakePath.exactOptional().describe('The lake folder that keeps each answer as it came.'),
    history: history.exactOptional(),
  })
  .describe('Asks an HTTP API again and again.')

export type HttpSettings = z.output<typeof httpSchema>
