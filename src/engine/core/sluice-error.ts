import type { ErrorCode } from '#contract/error-codes.ts'
import type { Place } from '#contract/wire-error.ts'

export interface ErrorOptions {
  readonly cause?: unknown
  /** A second try may help without anything being changed. */
  readonly retryable?: boolean
  /** What to do now, where the code's own remedy is too general. */
  readonly remedy?: string
  /** Where the mistake stands: a file, or a text that was given; lines and columns count from 1. */
  readonly place?: Place
}

/**
 * The one error class. `doing` says in the gerund what was being done and names the object ("reading topic space_data"),
 * or is a whole sentence; the code's cause and remedy are in `contract/error-codes.ts`.
 */
export class SluiceError extends Error {
  readonly code: ErrorCode
  readonly retryable: boolean
  readonly remedy: string | undefined
  readonly place: Place | undefined

  constructor(code: ErrorCode, doing: string, options: ErrorOptions = {}) {
    super(doing, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'SluiceError'
    this.code = code
    this.retryable = options.retryable ?? false
    this.remedy = options.remedy
    this.place = options.place
  }
}

/** True for a SluiceError, of that code if one is given. */
export function isSluiceError(error: unknown, code?: ErrorCode): error is SluiceError {
  return error instanceof SluiceError && (code === undefined || error.code === code)
}
