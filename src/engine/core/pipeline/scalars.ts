import { z } from 'zod'
import { parseDuration, parseSize } from './units.ts'

/** Columns that every filed row has beside those of its topic: the partition folders, and where the record came from. */
export const TECHNICAL_COLUMNS = ['dt', 'hour', 'kafka_partition', 'kafka_offset'] as const

/** A pipeline's name. */
export const pipelineName = named(/^[a-z0-9][a-z0-9-]{0,62}$/, 'small letters, digits and dashes, e.g. space-objects')
/** The name of a producer, filter, aggregate, sink or analysis. */
export const jobName = named(/^[a-z][a-z0-9_-]{0,62}$/, 'small letters, digits, _ and -, a letter first')
/** The name of a table of the warehouse or a database. */
export const tableName = named(/^[a-z][a-z0-9_]{0,62}$/, 'small letters, digits and _, a letter first')
/** The name of a column; never a technical one. */
export const columnName = named(/^[a-z][a-z0-9_]{0,62}$/, 'small letters, digits and _, a letter first').refine(
  (name) => !TECHNICAL_COLUMNS.some((technical) => technical === name),
  { error: 'is taken', params: { remedy: `${TECHNICAL_COLUMNS.join(', ')} are columns of every table.` } },
)
/** As Kafka allows: letters, digits, ".", "_", "-"; never "." or "..". */
export const topicName = named(/^(?!\.{1,2}$)[a-zA-Z0-9._-]{1,200}$/, 'letters, digits, ".", "_" and "-"')

/** An absolute path in the lake. */
export const lakePath = named(
  /^(?!.*\/\.{1,2}(?:\/|$))(?:\/[^/\\\s'"*?{}[\]]+)+$/,
  'an absolute path of the lake without "..", blanks, quotes and wildcards, e.g. /data/space/all',
)

/** Milliseconds, written with a unit. */
export const duration = measured(parseDuration, 'duration', 'a number with a unit, e.g. "30 seconds", "5m", "1 hour"')
/** Bytes, written with a unit. */
export const byteSize = measured(parseSize, 'size', 'a number with a unit, e.g. "128 MiB", "10 GB"')

/** SQL text, never blank. */
export const sqlText = z.string().check((context) => {
  if (context.value.trim() !== '') return
  context.issues.push({ code: 'custom', message: 'is empty', input: context.value, params: { remedy: 'Write SQL.' } })
})

/** One name, or a list of different ones; a list always when read. */
export function oneOrMore<Item extends z.ZodType<string>>(item: Item, description: string) {
  const list = z
    .array(item)
    .min(1)
    .refine((names) => new Set(names).size === names.length, { error: 'names the same twice' })
  return z
    .union([item, list])
    .transform((value): readonly string[] => (typeof value === 'string' ? [value] : value))
    .describe(description)
}

/** A settings object of which exactly one of the keys has to be there. */
export function exactlyOne<Shape extends z.ZodRawShape>(shape: Shape, among: readonly (keyof Shape & string)[]) {
  return z.strictObject(shape).check((context) => {
    const settings: object = context.value
    const given = among.filter((key) => Object.hasOwn(settings, key))
    const isMistyped = given.length === 0 && Object.keys(settings).some((key) => !Object.hasOwn(shape, key))
    if (given.length === 1 || isMistyped) return
    const message = given.length === 0 ? 'says nothing of what it is' : `has ${given.join(' and ')} together`
    const params = { remedy: `Give exactly one of: ${among.join(', ')}.` }
    context.issues.push({ code: 'custom', message, input: settings, params })
  })
}

function named(pattern: RegExp, words: string): z.ZodString {
  return z.string().regex(pattern, { error: `must be ${words}` })
}

function measured(parse: (text: string) => number | undefined, noun: string, words: string) {
  return z
    .union([z.string(), z.number()])
    .transform((given, context): number => {
      const value = parse(String(given))
      if (value !== undefined) return value
      const params = { remedy: `Write ${words}.` }
      context.issues.push({ code: 'custom', message: `"${given}" is no ${noun}`, input: given, params })
      return z.NEVER
    })
    .meta({ type: 'string', pattern: '^\\s*\\d+(\\.\\d+)?\\s*[a-zA-Z]+\\s*$', anyOf: undefined })
}
