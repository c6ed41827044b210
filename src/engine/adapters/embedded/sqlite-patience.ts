import { setTimeout as sleep } from 'node:timers/promises'
import { isBusy } from './sqlite-errors.ts'

/** How long a transaction waits for those of other processes. */
const PATIENCE_MS = 10_000
const RETRY_MS = 4

/** Tries again, without blocking the thread, while another process holds the lock; then gives its error. */
export async function patiently<T>(attempt: () => T): Promise<T> {
  const since = performance.now()
  for (;;) {
    try {
      return attempt()
    } catch (error) {
      if (!isBusy(error) || performance.now() - since > PATIENCE_MS) throw error
    }
    // Jittered, so that two that wait don't keep meeting.
    await sleep(RETRY_MS * (0.5 + Math.random()))
  }
}
