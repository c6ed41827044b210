import { z } from 'zod'
import { ERROR_CODES, type ErrorCode } from './error-codes.ts'

const codeSchema = z.custom<ErrorCode>((code) => typeof code === 'string' && Object.hasOwn(ERROR_CODES, code))

/** Where a mistake stands: a file, or a text that was given; lines and columns count from 1. */
export const placeSchema = z.object({
  file: z.string().exactOptional(),
  line: z.number().int().exactOptional(),
  column: z.number().int().exactOptional(),
})
export type Place = z.infer<typeof placeSchema>

/** The one shape of an error outside the engine: what, where, what now. `message` is a sentence without a stack. */
export const wireErrorSchema = z.object({
  code: codeSchema,
  message: z.string(),
  remedy: z.string(),
  retryable: z.boolean().exactOptional(),
  place: placeSchema.exactOptional(),
  /** The code of the error behind this one, where it says more: why a job stopped. */
  reason: codeSchema.exactOptional(),
})
export type WireError = z.infer<typeof wireErrorSchema>
