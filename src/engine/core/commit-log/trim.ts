import type { LogPosition } from './entry.ts'
import { type Protocol, ask } from './protocol.ts'

/** How many entries a log keeps: under one page of any store's listing. */
export const KEEP = 100

/**
 * Removes the entries older than the newest `keep` (≥ 2), in ascending order, stopping at the first that can't go: the
 * check of a commit rests on this order. Only after the owner's entries are finished. Answers the place with its new floor.
 */
export function* trim(at: LogPosition, keep: number): Protocol<LogPosition> {
  let { floor } = at
  for (; floor <= at.n - keep; floor++) {
    if (!(yield* ask({ do: 'drop', n: floor }))) break
  }
  return { ...at, floor }
}
