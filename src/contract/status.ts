import { z } from 'zod'
import { wireErrorSchema } from './wire-error.ts'

/** A number of records (files for `files` and folders for `notYetVisible`). */
const count = z.number().nonnegative()

const producerCounts = z.object({ produced: count, ended: z.boolean() })
const topicCounts = z.object({ appended: count, foreign: count, rejected: count })
const filterCounts = z.object({
  in: count,
  out: count,
  dropped: count,
  rejected: count,
  failed: count.exactOptional(),
  behind: count,
  lost: count,
})
const aggregateCounts = z.object({ in: count, late: count, rejected: count, behind: count, lost: count })
const sinkCounts = z.object({
  in: count,
  filed: count.exactOptional(),
  inserted: count.exactOptional(),
  updated: count.exactOptional(),
  failed: count,
  rejected: count,
  behind: count,
  lost: count,
  files: count,
  notYetVisible: count,
})

/**
 * The counts on every edge, in records. A lake sink has `filed`, a database sink `inserted` and `updated`.
 * `firstUnbalanced` names the first edge that does not balance ("sinks.all").
 */
export const ledgerSchema = z.object({
  balanced: z.boolean(),
  /** green: every edge balances and nobody is behind; amber: every edge balances so far; red: `firstUnbalanced` doesn't. */
  light: z.enum(['green', 'amber', 'red']),
  producers: z.record(z.string(), producerCounts),
  topics: z.record(z.string(), topicCounts),
  filters: z.record(z.string(), filterCounts),
  aggregates: z.record(z.string(), aggregateCounts),
  sinks: z.record(z.string(), sinkCounts),
  firstUnbalanced: z.string().exactOptional(),
})
export type Ledger = z.infer<typeof ledgerSchema>

export const pipelineStateSchema = z.enum(['stopped', 'starting', 'running', 'stopping', 'failed'])
export type PipelineState = z.infer<typeof pipelineStateSchema>

const jobErrors = z.array(z.object({ job: z.string(), error: wireErrorSchema }))

/** One pipeline as it stands. `failures`: only where jobs stopped for good, one for each; `retrying`: where they are tried again. */
export const pipelineStatusSchema = z.object({
  name: z.string(),
  state: pipelineStateSchema,
  ledger: ledgerSchema,
  failures: jobErrors.exactOptional(),
  retrying: jobErrors.exactOptional(),
})
export type PipelineStatus = z.infer<typeof pipelineStatusSchema>

/** What `sluice status --json` prints. */
export const statusSchema = z.object({ engine: z.string(), pipelines: z.array(pipelineStatusSchema) })
export type Status = z.infer<typeof statusSchema>
