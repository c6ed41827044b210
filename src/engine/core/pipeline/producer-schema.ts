import { z } from 'zod'
import { generatorSchema } from './generator-schema.ts'
import { httpSchema } from './http-schema.ts'
import { columnName, exactlyOne, jobName, topicName } from './scalars.ts'
import { columnType } from './topic-schema.ts'

const address = z
  .string()
  .regex(/^(https|s3):\/\/[^\s/]+\/\S+$/, { error: 'must be an https:// or s3:// address' })
  .exactOptional()

/** `producers.<name>.csv` */
export const csvSchema = exactlyOne(
  {
    file: z
      .string()
      .min(1)
      .exactOptional()
      .describe('The file; a relative path starts at the folder of this pipeline.'),
    url: address.describe('Instead of a file: https://… or s3://bucket/key.'),
    endpoint: z.string().exactOptional().describe('The S3 service, where it is not that of AWS.'),
    region: z.string().exactOptional().describe('The S3 region.'),
    rate: z.number().nonnegative().default(0).describe('Records per second; 0: as fast as it can.'),
    types: z
      .record(columnName, columnType)
      .exactOptional()
      .describe("The types of columns where they are not the topic's."),
    columns: z.array(columnName).min(1).exactOptional().describe('The columns in order, for a file without a header.'),
    delimiter: z
      .string()
      .length(1)
      .exactOptional()
      .describe('What separates the fields; found out if nothing is said.'),
    encoding: z.enum(['utf-8', 'latin1', 'windows-1252']).exactOptional().describe('Found out if nothing is said.'),
  },
  ['file', 'url'],
).describe('Reads a CSV file, record by record, and ends with it.')

const formSchema = z
  .strictObject({
    path: z
      .string()
      .regex(/^POST \/[a-z0-9/_-]*$/i, { error: 'must be POST and a path, e.g. POST /discoveries' })
      .describe('Where records are taken as JSON over HTTP, e.g. POST /discoveries.'),
    title: z.string().exactOptional().describe('The heading of the form.'),
  })
  .describe("Takes records by a form and by HTTP; its fields are the topic's columns.")

/** The kinds of producers: exactly one key of these. */
export const PRODUCER_KINDS = ['generator', 'csv', 'http', 'form'] as const

/** One entry of `producers`. */
export const producerSchema = exactlyOne(
  {
    to: topicName.describe('The topic that gets the records.'),
    key: columnName
      .exactOptional()
      .describe("The column whose text is the record's key: one key, one partition, in order."),
    generator: generatorSchema.exactOptional(),
    csv: csvSchema.exactOptional(),
    http: httpSchema.exactOptional(),
    form: formSchema.exactOptional(),
  },
  PRODUCER_KINDS,
).describe('Writes records into a topic; of one kind: generator, csv, http or form.')

export const producersSchema = z.record(jobName, producerSchema)

/** A producer as its file declares it. */
export type ProducerDeclaration = z.output<typeof producerSchema>
