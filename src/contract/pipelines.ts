import { eventIterator } from '@orpc/contract'
import { z } from 'zod'
import { procedure } from './procedure.ts'
import { pipelineStateSchema, pipelineStatusSchema, statusSchema } from './status.ts'

const name = z.string().min(1).max(200)

/** A pipeline that can be started by its name. */
export const pipelineSummarySchema = z.object({
  name: z.string(),
  title: z.string(),
  summary: z.string(),
  source: z.enum(['bundled', 'user', 'file']),
  file: z.string(),
  state: pipelineStateSchema,
})
export type PipelineSummary = z.infer<typeof pipelineSummarySchema>

/** A mistake in a pipeline file. Lines and columns count from 1; `key` is the path of the key ("filters.usa.from"). */
export const problemSchema = z.object({
  file: z.string(),
  line: z.number(),
  column: z.number(),
  key: z.string(),
  message: z.string(),
  remedy: z.string(),
  severity: z.enum(['error', 'warning']),
})
export type PipelineProblem = z.infer<typeof problemSchema>

/** What a check of a pipeline found. `name` where the file says it; `endless`: producers that don't end by themselves. */
export const validationSchema = z.object({
  valid: z.boolean(),
  name: z.string().exactOptional(),
  endless: z.array(z.string()),
  problems: z.array(problemSchema),
})
export type Validation = z.infer<typeof validationSchema>

/** What of a pipeline a reset takes; all of it where nothing is said. */
export const resetPartsSchema = z.object({
  offsets: z.boolean().optional(),
  topics: z.boolean().optional(),
  lake: z.boolean().optional(),
  tables: z.boolean().optional(),
  database: z.boolean().optional(),
  analyses: z.boolean().optional(),
})
export type ResetParts = z.infer<typeof resetPartsSchema>
export type ResetPart = keyof ResetParts

/** One thing that a reset removes (or would). Only the counts that apply are there. */
export const resetItemSchema = z.object({
  part: z.enum(['offsets', 'topics', 'lake', 'tables', 'database', 'analyses']),
  name: z.string(),
  records: z.number().exactOptional(),
  files: z.number().exactOptional(),
  rows: z.number().exactOptional(),
  bytes: z.number().exactOptional(),
})
export type ResetItem = z.infer<typeof resetItemSchema>

export const resetReportSchema = z.object({ pipeline: z.string(), items: z.array(resetItemSchema) })
export type ResetReport = z.infer<typeof resetReportSchema>

/** Where a replay starts, in every partition: an offset (0: from the start), or the first record at or after a time. */
export const replayFromSchema = z.union([
  z.object({ offset: z.number().int().nonnegative() }),
  z.object({ time: z.iso.datetime({ offset: true }) }),
])
export type ReplayFrom = z.infer<typeof replayFromSchema>

/**
 * What a replay did: where each partition starts again (rebuild: moved down to a boundary that no file straddles), and
 * the folder that is filled. `elsewhere` leaves the sink as it is.
 */
export const replayReportSchema = z.object({
  pipeline: z.string(),
  sink: z.string(),
  mode: z.enum(['rebuild', 'elsewhere']),
  path: z.string(),
  filesRemoved: z.number(),
  positions: z.array(z.object({ topic: z.string(), partition: z.number(), from: z.number() })),
  /** `elsewhere`: rows that the new folder lacks, and rows that it has beyond the old one. */
  difference: z.object({ missing: z.number(), extra: z.number() }).exactOptional(),
})
export type ReplayReport = z.infer<typeof replayReportSchema>

/** One line of a job's or the engine's log. `time` is ISO 8601. */
export const logLineSchema = z.object({
  time: z.string(),
  level: z.enum(['debug', 'info', 'warn', 'error']),
  pipeline: z.string().exactOptional(),
  job: z.string().exactOptional(),
  message: z.string(),
  fields: z.record(z.string(), z.unknown()).exactOptional(),
})
export type LogLine = z.infer<typeof logLineSchema>

/** `pipeline`: a name, or the absolute path of a file. `untilIdle`: an endless producer is refused before anything starts. */
export const startSchema = z.object({
  pipeline: name,
  rate: z.number().nonnegative().optional(),
  count: z.number().int().positive().optional(),
  untilIdle: z.boolean().optional(),
})
export type Start = z.infer<typeof startSchema>

export const validateSchema = z.union([
  z.object({ text: z.string().max(1024 * 1024) }),
  z.object({ file: z.string().min(1) }),
  z.object({ name }),
])
export type Validate = z.infer<typeof validateSchema>

export const replaySchema = z.object({
  pipeline: name,
  sink: name,
  from: replayFromSchema,
  mode: z.enum(['rebuild', 'elsewhere']),
})
export type Replay = z.infer<typeof replaySchema>

export const logsSchema = z.object({
  job: name.optional(),
  follow: z.boolean().optional(),
  /** How many of the newest lines come first. */
  lines: z.number().int().nonnegative().max(100_000).optional(),
})
export type LogsRequest = z.infer<typeof logsSchema>

export const pipelinesContract = {
  list: procedure.output(z.array(pipelineSummarySchema)),
  validate: procedure.input(validateSchema).output(validationSchema),
  /** Answers when every job of it runs; starting what runs is done already. */
  start: procedure.input(startSchema).output(z.object({ name: z.string() })),
  /** Answers when every job has finished its open batch. */
  stop: procedure.input(z.object({ name })).output(z.object({ name: z.string() })),
  status: procedure.input(z.object({ name: name.optional() })).output(statusSchema),
  /** At once, then as it changes, at most four a second. */
  watch: procedure.input(z.object({ name })).output(eventIterator(pipelineStatusSchema)),
  /** As `watch`, and ends when finite producers have ended and every reader stands at the end. JOB_FAILED if one can't. */
  waitIdle: procedure.input(z.object({ name })).output(eventIterator(pipelineStatusSchema)),
  resetPreview: procedure.input(z.object({ name, what: resetPartsSchema.optional() })).output(resetReportSchema),
  reset: procedure.input(z.object({ name, what: resetPartsSchema.optional() })).output(resetReportSchema),
  replay: procedure.input(replaySchema).output(replayReportSchema),
  logs: procedure.input(logsSchema).output(eventIterator(logLineSchema)),
}
