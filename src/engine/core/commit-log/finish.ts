import type { Entry, EntryFile } from './entry.ts'
import { type Placing, type Protocol, ask } from './protocol.ts'

/** A file that an entry promised and that isn't in its place as it should be. */
export interface Amiss {
  readonly final: string
  readonly why: Exclude<Placing, 'placed'>
}

const NONE: ReadonlySet<string> = new Set()

/**
 * Does what an entry promises, or does it again: its files into place first, then away with those that it replaces.
 * Answers the first file that is amiss; files that a later entry took away (`gone`) may be missing.
 */
export function* finish(entry: Entry, gone: ReadonlySet<string> = NONE): Protocol<Amiss | undefined> {
  const amiss = entry.files.length > 0 ? yield* place(entry, gone) : undefined
  if (amiss) return amiss
  const { n, removes = [] } = entry
  if (removes.length > 0) yield* ask({ do: 'remove', n, paths: removes })
  return undefined
}

function* place({ n, files }: Entry, gone: ReadonlySet<string>): Protocol<Amiss | undefined> {
  const answers = yield* ask({ do: 'place', n, files })
  const found = files.map((file: EntryFile, i) => ({ final: file.final, why: answers[i] ?? 'missing' }))
  return found.find((file): file is Amiss => file.why !== 'placed' && !(file.why === 'missing' && gone.has(file.final)))
}

/** Finishes every entry of a chain, oldest first. Answers the first file that is amiss. */
export function* finishAll(chain: readonly Entry[]): Protocol<Amiss | undefined> {
  const gone = new Set(chain.flatMap((entry) => entry.removes ?? []))
  for (const entry of chain) {
    const amiss = yield* finish(entry, gone)
    if (amiss) return amiss
  }
  return undefined
}
