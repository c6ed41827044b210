import type { Entry, EntryFile } from './entry.ts'
import { type Placing, type Protocol, ask } from './protocol.ts'

/** A file that an entry promised and that isn't in its place as it should be. */
export interface Amiss {
  readonly final: string
  readonly why: Exclude<Placing, 'placed'>
}

/** Does what an entry promises: its files into place first, then away with those that it replaces. Answers the first that is amiss. */
export function* finish(entry: Entry): Protocol<Amiss | undefined> {
  const { n, files, removes = [] } = entry
  const placings = files.length > 0 ? yield* ask({ do: 'place', n, files }) : []
  const amiss = firstAmiss(files, placings)
  if (amiss) return amiss
  if (removes.length > 0) yield* ask({ do: 'remove', n, paths: removes })
  return undefined
}

/**
 * Finishes every entry of a chain, oldest first, and sees that all their files stand. Those that a later entry took away
 * may be missing. Only what is still in the tmp folder has to be moved: nothing comes into it for entries that stand.
 */
export function* finishAll(chain: readonly Entry[]): Protocol<Amiss | undefined> {
  const waiting = new Set(yield* ask({ do: 'listTmp' }))
  for (const entry of chain) {
    const files = entry.files.filter((file) => waiting.has(file.tmp))
    const amiss = yield* finish({ ...entry, files })
    if (amiss) return amiss
  }
  const gone = new Set(chain.flatMap((entry) => entry.removes ?? []))
  const stay = chain.flatMap((entry) => entry.files).filter((file) => !gone.has(file.final))
  return firstAmiss(stay, stay.length > 0 ? yield* ask({ do: 'check', files: stay }) : [])
}

function firstAmiss(files: readonly EntryFile[], placings: readonly Placing[]): Amiss | undefined {
  const found = files.map((file, i) => ({ final: file.final, why: placings[i] ?? 'missing' }))
  return found.find((file): file is Amiss => file.why !== 'placed')
}
