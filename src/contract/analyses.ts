import { eventIterator } from '@orpc/contract'
import { z } from 'zod'
import { procedure } from './procedure.ts'
import type { SqlCell } from './sql.ts'
import { wireErrorSchema } from './wire-error.ts'

const which = z.object({ pipeline: z.string().optional(), name: z.string().optional() })
export type WhichAnalyses = z.infer<typeof which>

/** A filed result: run n, in its folder. `filedAt` in ms since 1970. */
export const analysisRunSchema = z.object({
  n: z.number(),
  path: z.string(),
  filedAt: z.number(),
  bytes: z.number(),
})
export type AnalysisRun = z.infer<typeof analysisRunSchema>

/** `runs`: the ones kept, newest first; empty where results aren't filed. */
export const analysisSummarySchema = z.object({
  pipeline: z.string(),
  name: z.string(),
  title: z.string(),
  sql: z.string(),
  chart: z.object({ type: z.string(), x: z.string(), y: z.string() }).exactOptional(),
  schedule: z.string().exactOptional(),
  into: z.object({ path: z.string(), table: z.string(), keep: z.number() }).exactOptional(),
  runs: z.array(analysisRunSchema),
})
export type AnalysisSummary = z.infer<typeof analysisSummarySchema>

const of = z.object({ pipeline: z.string(), name: z.string(), title: z.string() })
const cell = z.custom<SqlCell>(() => true)

/** An analysis begins, then goes on in fractions of 1, then has its result (at most 1,000 rows of it here) or its error. */
export const analysisEventSchema = z.discriminatedUnion('type', [
  of.extend({ type: z.literal('started') }),
  of.extend({ type: z.literal('progress'), fraction: z.number() }),
  of.extend({
    type: z.literal('result'),
    columns: z.array(z.object({ name: z.string(), type: z.string() })),
    rows: z.array(z.array(cell)),
    truncated: z.boolean(),
    ms: z.number(),
    run: analysisRunSchema.exactOptional(),
  }),
  of.extend({ type: z.literal('failed'), error: wireErrorSchema }),
])
export type AnalysisEvent = z.infer<typeof analysisEventSchema>

/** What was removed of one analysis. */
export const cleanedSchema = z.object({
  pipeline: z.string(),
  name: z.string(),
  path: z.string(),
  runs: z.number(),
  files: z.number(),
  bytes: z.number(),
})
export type Cleaned = z.infer<typeof cleanedSchema>

export const analysesContract = {
  list: procedure.input(which).output(z.array(analysisSummarySchema)),
  /** One after the other; one that fails doesn't stop the rest. */
  run: procedure.input(which).output(eventIterator(analysisEventSchema)),
  clean: procedure.input(which).output(z.array(cleanedSchema)),
}
