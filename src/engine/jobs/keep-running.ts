import { sleep } from '#engine/ports/sleep.ts'
import { namingFullDisk } from '#engine/core/full-disk.ts'
import { isSluiceError } from '#engine/core/sluice-error.ts'
import type { Log } from '#engine/ports/adapter.ts'

/** What a job is doing, as others see it. */
export type JobState =
  /** It opens what it works on, and finishes what was left half done. */
  | { readonly state: 'starting' }
  | { readonly state: 'running' }
  /** It will be tried again: `error` says why it stopped. */
  | { readonly state: 'retrying'; readonly error: unknown; readonly afterMs: number }
  | { readonly state: 'ended' }
  | { readonly state: 'failed'; readonly error: unknown }

/** Calls `started` once it is open. */
export type Attempt = (started: () => void) => Promise<void>

export interface KeepRunning {
  readonly log: Log
  readonly signal: AbortSignal
  readonly clock: () => number
  /** In [0, 1). */
  readonly random: () => number
  readonly report: (state: JobState) => void
}

const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 30_000
/** A run that lasted this long starts the pauses anew. */
const GOOD_RUN_MS = 10_000

/**
 * Runs `attempt`, which says when it has started, until it resolves or the signal aborts. One that fails retryably is run again after a growing, jittered
 * pause; any other failure is final. Never rejects: states are reported.
 */
export async function keepRunning(attempt: Attempt, options: KeepRunning): Promise<void> {
  let pause = FIRST_PAUSE_MS
  for (;;) {
    const since = options.clock()
    options.report({ state: 'starting' })
    const error = await failureOf(() => attempt(() => options.report({ state: 'running' })))
    if (error === undefined) return options.report({ state: 'ended' })
    if (!isSluiceError(error) || !error.retryable || options.signal.aborted)
      return options.report({ state: 'failed', error })
    if (options.clock() - since > GOOD_RUN_MS) pause = FIRST_PAUSE_MS
    const afterMs = Math.round(pause * (0.5 + options.random()))
    options.report({ state: 'retrying', error, afterMs })
    options.log.warn({ err: error, afterMs }, 'trying again')
    await sleep(afterMs, options.signal)
    pause = Math.min(LONGEST_PAUSE_MS, pause * 2)
  }
}

async function failureOf(attempt: () => Promise<void>): Promise<unknown> {
  try {
    await attempt()
    return undefined
  } catch (error) {
    return namingFullDisk(error) ?? new Error('it failed without a reason')
  }
}
