import { eventIterator } from '@orpc/contract'
import { z } from 'zod'
import { procedure } from './procedure.ts'

/** A record that a filter with `alert` let through. `timestamp` in ms since 1970; `message` is filled from the record. */
export const alertSchema = z.object({
  pipeline: z.string(),
  filter: z.string(),
  severity: z.enum(['low', 'medium', 'high']),
  message: z.string(),
  topic: z.string(),
  partition: z.number(),
  offset: z.number(),
  timestamp: z.number(),
  record: z.record(z.string(), z.unknown()),
})
export type Alert = z.infer<typeof alertSchema>

/** `before`: the cursor of the page before. */
export const alertsRequestSchema = z.object({
  pipeline: z.string().optional(),
  limit: z.number().int().min(1).max(1000).optional(),
  before: z.string().max(100_000).optional(),
})
export type AlertsRequest = z.infer<typeof alertsRequestSchema>

/** Newest first. `next`: the cursor of older ones, where there are any. */
export const alertPageSchema = z.object({ alerts: z.array(alertSchema), next: z.string().exactOptional() })
export type AlertPage = z.infer<typeof alertPageSchema>

export const alertsContract = {
  list: procedure.input(alertsRequestSchema).output(alertPageSchema),
  /** Alerts as they come in, from now on. */
  follow: procedure.input(z.object({ pipeline: z.string().optional() })).output(eventIterator(alertSchema)),
}
