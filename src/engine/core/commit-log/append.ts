import { type Draft, type Entry, type LogPosition, positionAfter } from './entry.ts'
import { type Protocol, ask, getEntry } from './protocol.ts'

/**
 * Puts entry n + 1: the commit. It counts if entry n is still there (entries go in ascending order, never the newest two);
 * undefined if another was first, or if the log went on long ago and the entry is void or finished by others: touch nothing.
 */
export function* append(at: LogPosition, draft: Draft, id: string): Protocol<Entry | undefined> {
  const entry: Entry = { n: at.n + 1, id, prev: at.id, ...draft }
  if (!(yield* ask({ do: 'put', entry }))) return undefined
  const before = yield* getEntry(at.n)
  return before?.id === at.id ? entry : undefined
}

/** Whether another writer has taken the log over from the owner at `at`. Asked in this order: entries go in ascending order. */
export function* overtaken(at: Pick<LogPosition, 'n' | 'id'>): Protocol<boolean> {
  if (yield* getEntry(at.n + 1)) return true
  const mine = yield* getEntry(at.n)
  return mine?.id !== at.id
}

/** The place after an entry that stands. */
export function advance(at: LogPosition, entry: Entry): LogPosition {
  return positionAfter(entry, at.floor)
}
