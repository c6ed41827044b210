import { z } from 'zod'
import { columnName, exactlyOne } from './scalars.ts'

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()])
const share = z.number().min(0).max(1)
const range = z.tuple([z.number(), z.number()]).refine(([low, high]) => low <= high, {
  error: 'has the greater number first',
  params: { remedy: 'Write [low, high].' },
})

const weights = z
  .record(z.string(), z.number().nonnegative())
  .refine((shares) => Object.values(shares).some((weight) => weight > 0), {
    error: 'has no weight above 0',
    params: { remedy: 'Give each value a weight, e.g. { meteorite: 0.8, exoplanet: 0.2 }.' },
  })

const FIELD = {
  sequence: z.literal(true).exactOptional().describe('The number of the record: 0, 1, 2 …'),
  pattern: z.string().exactOptional().describe('A text with `{sequence}` in it, e.g. "obj-{sequence}".'),
  choice: z
    .union([z.array(scalar).min(1), weights])
    .exactOptional()
    .describe('One of a list, or of values with weights.'),
  cycle: z.array(scalar).min(1).exactOptional().describe('The values of the list in turn, one for each record.'),
  uniform: range.exactOptional().describe('A number between two, all equally likely: [low, high].'),
  int: range
    .refine((ends) => ends.every(Number.isSafeInteger), { error: 'are not whole numbers' })
    .exactOptional()
    .describe('A whole number between two, both included: [low, high].'),
  normal: z
    .strictObject({
      mean: z.number().describe('The middle.'),
      sd: z.number().nonnegative().describe('The standard deviation.'),
    })
    .exactOptional()
    .describe('A number of the normal distribution: { mean, sd }.'),
  lognormal: z
    .strictObject({
      median: z.number().positive().describe('Half of the values are below it.'),
      sigma: z.number().nonnegative().describe('The standard deviation of the logarithm.'),
    })
    .exactOptional()
    .describe('A positive number with a long tail: { median, sigma }.'),
  boolean: share.exactOptional().describe('true with this probability.'),
  faker: z
    .string()
    .regex(/^[a-z][a-zA-Z]*(\.[a-z][a-zA-Z]*)+$/, {
      error: 'must be a faker method, e.g. science.chemicalElement.name',
    })
    .exactOptional()
    .describe('A method of faker, e.g. "person.firstName".'),
  now: z.literal(true).exactOptional().describe('The time at which the record is made.'),
  const: scalar.exactOptional().describe('The same value in every record.'),
  lookup: z
    .strictObject({
      of: columnName.describe('The column whose value is looked up; it stands above this one.'),
      values: z.record(z.string(), scalar).describe('The value for each value of that column; null for any other.'),
    })
    .exactOptional()
    .describe("A value that follows from another column's: { of: product, values: { milk: dairy } }."),
  below: z
    .strictObject({
      of: columnName.describe('The number column that is compared; it stands above this one.'),
      limit: z.number().describe('The threshold.'),
    })
    .exactOptional()
    .describe('true when another column is below a limit: { of: quantity, limit: 5 }.'),
}

/** The ways to make a field: exactly one key of these. */
export const FIELD_KINDS = [
  'sequence',
  'pattern',
  'choice',
  'cycle',
  'uniform',
  'int',
  'normal',
  'lognormal',
  'boolean',
  'faker',
  'now',
  'const',
  'lookup',
  'below',
] as const satisfies readonly (keyof typeof FIELD)[]

const field = exactlyOne(FIELD, FIELD_KINDS)
  .meta({ minProperties: 1, maxProperties: 1 })
  .describe('How a value is made.')

const faults = z
  .strictObject({
    malformed: share.default(0).describe('The share of records that are no JSON.'),
    late: share.default(0).describe('The share of records whose time lies back.'),
    duplicate: share.default(0).describe('The share of records that come twice.'),
  })
  .describe('Faults of real streams, on purpose.')

/** `producers.<name>.generator` */
export const generatorSchema = z
  .strictObject({
    rate: z.number().nonnegative().default(1).describe('Records per second; 0: as fast as it can.'),
    count: z.int().min(1).exactOptional().describe('How many records; it ends after them. Else it never ends.'),
    seed: z.int().exactOptional().describe('The same seed gives the same records again.'),
    faults: faults.exactOptional(),
    record: z.record(columnName, field).describe("How each column of the topic's records is made."),
  })
  .describe('Makes records up.')

export type GeneratorSettings = z.output<typeof generatorSchema>
/** One field of a generated record: one key, the way it is made. */
export type GeneratorField = z.output<typeof field>
