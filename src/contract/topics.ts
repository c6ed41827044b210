import { eventIterator } from '@orpc/contract'
import { z } from 'zod'
import { procedure } from './procedure.ts'

const topic = z.string().min(1).max(249)

export const retentionSchema = z.object({ bytes: z.number().exactOptional(), ms: z.number().exactOptional() })

/** A topic in a list. `records`: held now; `appended`: ever. `pipeline`: who declares it, where one does. */
export const topicSummarySchema = z.object({
  name: z.string(),
  partitions: z.number(),
  records: z.number(),
  appended: z.number(),
  bytes: z.number(),
  pipeline: z.string().exactOptional(),
})
export type TopicSummary = z.infer<typeof topicSummarySchema>

export const groupSchema = z.object({
  group: z.string(),
  lag: z.number(),
  positions: z.array(
    z.object({ topic: z.string(), partition: z.number(), next: z.number(), lag: z.number(), metadata: z.string() }),
  ),
})
export type Group = z.infer<typeof groupSchema>

/** Offsets in [low, high) are held. `columns`: where a pipeline declares the topic. */
export const topicDetailSchema = topicSummarySchema.extend({
  incarnation: z.string(),
  retention: retentionSchema.exactOptional(),
  parts: z.array(
    z.object({
      partition: z.number(),
      low: z.number(),
      high: z.number(),
      appended: z.number(),
      bytes: z.number(),
    }),
  ),
  columns: z.array(z.object({ name: z.string(), type: z.string(), required: z.boolean() })).exactOptional(),
  groups: z.array(z.object({ group: z.string(), lag: z.number() })),
})
export type TopicDetail = z.infer<typeof topicDetailSchema>

/**
 * A record as shown. `timestamp` in ms since 1970. `value` is the text; null is a tombstone; bytes that are no text come
 * as base64 with `encoding`.
 */
export const shownRecordSchema = z.object({
  partition: z.number(),
  offset: z.number(),
  timestamp: z.number(),
  key: z.string().nullable(),
  value: z.string().nullable(),
  encoding: z.literal('base64').exactOptional(),
  headers: z.record(z.string(), z.string()).exactOptional(),
})
export type ShownRecord = z.infer<typeof shownRecordSchema>

/** Records in the order of their arrival here; within a partition by offset. */
export const recordPageSchema = z.object({ records: z.array(shownRecordSchema) })
export type RecordPage = z.infer<typeof recordPageSchema>

/** `n`: ends after so many; `timeoutMs`: ends after so long without a record; neither: follows until cancelled. */
export const tailSchema = z.object({
  topic,
  from: z.union([
    z.enum(['beginning', 'end']),
    z.object({ offset: z.number().int().nonnegative() }),
    z.object({ time: z.iso.datetime({ offset: true }) }),
  ]),
  n: z.number().int().positive().optional(),
  timeoutMs: z.number().nonnegative().optional(),
  partition: z.number().int().nonnegative().optional(),
})
export type Tail = z.infer<typeof tailSchema>

/** Values are the records' texts, commonly JSON; null is a tombstone. The partition follows from the key, as in Kafka. */
export const produceSchema = z.object({
  topic,
  records: z
    .array(z.object({ key: z.string().nullable().optional(), value: z.string().nullable() }))
    .min(1)
    .max(50_000),
})
export type Produce = z.infer<typeof produceSchema>

/** Durable when it comes. First and last offset of each partition, inclusive. */
export const producedSchema = z.object({
  count: z.number(),
  ranges: z.array(z.object({ partition: z.number(), first: z.number(), last: z.number() })),
})
export type Produced = z.infer<typeof producedSchema>

export const createTopicSchema = z.object({
  topic: topic.regex(/^[A-Za-z0-9._-]+$/, 'letters, digits, ".", "_" and "-" only'),
  partitions: z.number().int().min(1).max(1000),
  retention: retentionSchema.optional(),
})
export type CreateTopic = z.infer<typeof createTopicSchema>

export const topicsContract = {
  list: procedure.output(z.array(topicSummarySchema)),
  describe: procedure.input(z.object({ topic })).output(topicDetailSchema),
  tail: procedure.input(tailSchema).output(eventIterator(recordPageSchema)),
  produce: procedure.input(produceSchema).output(producedSchema),
  create: procedure.input(createTopicSchema).output(topicDetailSchema),
  /** Refused (USAGE) while a pipeline that runs declares it. */
  delete: procedure.input(z.object({ topic })).output(z.object({ topic: z.string(), records: z.number() })),
}

export const groupsContract = {
  list: procedure.input(z.object({ prefix: z.string().optional() })).output(z.array(groupSchema)),
}
