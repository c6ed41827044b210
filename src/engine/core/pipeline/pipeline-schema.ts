import { z } from 'zod'
import { aggregatesSchema, filtersSchema, sinksSchema } from './job-schema.ts'
import { analysesSchema, endpointsSchema, tablesSchema } from './output-schema.ts'
import { producersSchema } from './producer-schema.ts'
import { pipelineName } from './scalars.ts'
import { topicsSchema } from './topic-schema.ts'

const origin = z.string().regex(/^https?:\/\/[^\s/]+$/, { error: 'must be an origin, e.g. https://example.org' })

/** The whole pipeline format: the one definition behind the reader, the JSON Schema and the docs page. */
export const pipelineSchema = z
  .strictObject({
    name: pipelineName.describe('The name: small letters, digits and dashes.'),
    title: z.string().exactOptional().describe('The name for people.'),
    summary: z.string().exactOptional().describe('What it does, in a sentence.'),
    topics: topicsSchema.describe('The topics that it reads and writes.'),
    producers: producersSchema.default({}).describe('What writes records into topics.'),
    filters: filtersSchema.default({}).describe('What keeps or reshapes records.'),
    aggregates: aggregatesSchema.default({}).describe('Running statistics.'),
    sinks: sinksSchema.default({}).describe('What files records.'),
    tables: tablesSchema.default({}).describe('Tables over lake folders.'),
    analyses: analysesSchema.default({}).describe('Saved batch SQL.'),
    endpoints: endpointsSchema.default({}).describe('HTTP paths that answer from SQL, e.g. `GET /objects`.'),
    origins: z.array(origin).default([]).describe('Web origins whose pages may call the endpoints and forms (CORS).'),
  })
  .describe('A Sluice pipeline.')

/** A pipeline as its file declares it, with defaults. */
export type Pipeline = z.output<typeof pipelineSchema>

/** The keys that hold named entries. */
export type Section = 'topics' | 'producers' | 'filters' | 'aggregates' | 'sinks' | 'tables' | 'analyses' | 'endpoints'

/** The schema of one entry of a section. */
export const ENTRY_SCHEMAS: { readonly [S in Section]: z.ZodType<Pipeline[S][string]> } = {
  topics: topicsSchema.valueType,
  producers: producersSchema.valueType,
  filters: filtersSchema.valueType,
  aggregates: aggregatesSchema.valueType,
  sinks: sinksSchema.valueType,
  tables: tablesSchema.valueType,
  analyses: analysesSchema.valueType,
  endpoints: endpointsSchema.valueType,
}
