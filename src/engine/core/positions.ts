import { z } from 'zod'
import type { Json } from './json.ts'
import { SluiceError } from './sluice-error.ts'

const count = z.number().int().nonnegative().default(0)

/** What a producer commits with its appends: records appended so far, and the source's own position (null before the first). */
export const producerPositionSchema = z.object({
  produced: count,
  source: z.custom<Json>(() => true).default(null),
  /** The source has ended; it stays so until reset. */
  ended: z.boolean().default(false),
})
export type ProducerPosition = z.infer<typeof producerPositionSchema>

/** What a filter commits with its appends, for one partition of a source topic. `in` = Σ out + dropped + rejected + failed. */
export const filterPositionSchema = z.object({
  in: count,
  /** Records appended, by topic: `to` and `otherwise`. */
  out: z.record(z.string(), z.number()).default({}),
  dropped: count,
  rejected: count,
  failed: count,
  lost: count,
})
export type FilterPosition = z.infer<typeof filterPositionSchema>

/** What a topic's checker commits with its dead letters. `in` = passed + rejected. */
export const checkerPositionSchema = z.object({ in: count, rejected: count, lost: count })
export type CheckerPosition = z.infer<typeof checkerPositionSchema>

/** What an aggregate says beside its state, which is the truth of all else: records that came too late for their window. */
export const aggregatePositionSchema = z.object({ late: count })

/** What people append by hand (`sluice produce`), for one topic. */
export const manualPositionSchema = z.object({ produced: count })

/** The group under which records appended by hand are counted. */
export const MANUAL_GROUP = 'sluice.manual'

/** Reads the JSON that one of our jobs committed beside its offset; absent: nothing yet. STORE_DAMAGED names the group. */
export function parsePosition<S extends z.ZodType>(
  metadata: string | undefined,
  schema: S,
  group: string,
): z.output<S> {
  try {
    return schema.parse(metadata === undefined || metadata === '' ? {} : JSON.parse(metadata))
  } catch (cause) {
    throw new SluiceError('STORE_DAMAGED', `reading the position of ${group}`, { cause })
  }
}
