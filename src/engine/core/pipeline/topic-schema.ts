import { z } from 'zod'
import type { ColumnType } from '#engine/core/columns.ts'
import { byteSize, columnName, duration, topicName } from './scalars.ts'

const PLAIN_TYPES = ['string', 'int', 'long', 'double', 'boolean', 'timestamp', 'date', 'json'] as const

/** The type of a column: a plain one, or `decimal(p,s)` with 1 ≤ p ≤ 38 and 0 ≤ s ≤ p. */
export const columnType = z
  .string()
  .transform((text, context): ColumnType => {
    const type = parseColumnType(text)
    if (type !== undefined) return type
    const params = { remedy: `Types: ${PLAIN_TYPES.join(', ')}, decimal(p,s) with p up to 38 and s up to p.` }
    context.issues.push({ code: 'custom', message: `"${text}" is no column type`, input: text, params })
    return z.NEVER
  })
  .meta({ pattern: `^(${PLAIN_TYPES.join('|')}|decimal\\(\\s*\\d+\\s*,\\s*\\d+\\s*\\))$` })
  .describe(`string, int, long, double, boolean, timestamp, date, json or decimal(p,s).`)

const scalar = z.union([z.string(), z.number(), z.boolean()])
const bound = z.union([z.number(), z.string()])

const columnChecks = z
  .strictObject({
    type: columnType,
    required: z.boolean().exactOptional().describe('A record without a value here is rejected.'),
    min: bound
      .exactOptional()
      .describe('The least value allowed: of a number its value, of a text its length, of a time ISO 8601.'),
    max: bound.exactOptional().describe('The greatest value allowed, as `min`.'),
    values: z.array(scalar).min(1).exactOptional().describe('The only values allowed.'),
    description: z.string().exactOptional().describe('What the column means; the form shows it.'),
  })
  .describe('A type with checks; a record that fails one becomes a dead letter with the reason.')

const column = z
  .union([columnType, columnChecks])
  .transform((given) => (typeof given === 'string' ? { type: given } : given))
  .describe('The type of the column, or the type with checks: `{ type: int, required: true, min: 0, max: 120 }`.')

const retention = z
  .strictObject({
    size: byteSize.exactOptional().describe('The oldest records go when the topic is larger than this, e.g. 10 GiB.'),
    age: duration.exactOptional().describe('Records older than this go, e.g. 7 days.'),
  })
  .describe('What the topic forgets. It never forgets what a reader of this pipeline has still to read.')

/** One entry of `topics`. */
export const topicSchema = z
  .strictObject({
    like: topicName
      .exactOptional()
      .describe('Take columns, time and partitions from this topic; `columns` here add to them.'),
    external: z.boolean().default(false).describe('Others own the topic: it is neither created nor deleted.'),
    partitions: z.int().min(1).max(1024).exactOptional().describe('How many partitions; 1 if nothing is said.'),
    columns: z.record(columnName, column).exactOptional().describe('The columns of its records: name and type.'),
    time: columnName
      .exactOptional()
      .describe("The timestamp column that is the record's time; else the broker's clock."),
    retention: retention.exactOptional(),
  })
  .describe('A topic: its columns and partitions.')

export const topicsSchema = z
  .record(topicName, topicSchema)
  .refine((topics) => Object.keys(topics).length > 0, { error: 'has no topic' })

/** A topic as its file declares it. */
export type TopicDeclaration = z.output<typeof topicSchema>
/** A column as its file declares it. */
export type ColumnDeclaration = z.output<typeof column>

/** The type that a text names, blanks removed; undefined where it names none. */
export function parseColumnType(text: string): ColumnType | undefined {
  const plain = PLAIN_TYPES.find((type) => type === text.trim())
  if (plain !== undefined) return plain
  const [, digits, fraction] = /^decimal\(\s*(\d{1,2})\s*,\s*(\d{1,2})\s*\)$/.exec(text.trim()) ?? []
  const [precision, scale] = [Number(digits), Number(fraction)]
  return precision >= 1 && precision <= 38 && scale <= precision ? `decimal(${precision},${scale})` : undefined
}
