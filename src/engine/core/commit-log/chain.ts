import { damaged } from './entry-text.ts'
import type { Entry } from './entry.ts'
import { entryName } from './log-paths.ts'
import { type Protocol, ask } from './protocol.ts'

/** The entries that a look at the log found, by number. */
export type View = ReadonlyMap<number, Entry>

export interface Survey {
  readonly view: View
  /** The highest number listed, whether or not the entry was still there. */
  readonly highest: number
  /** Every listed entry was still there when it was read. */
  readonly still: boolean
}

/** Looks at the whole log. Entries that `known` holds are not read again: what stands at a number never changes while it stands. */
export function* survey(known: View = new Map()): Protocol<Survey> {
  const listed = yield* ask({ do: 'list' })
  const fresh = yield* ask({ do: 'get', numbers: listed.filter((n) => !known.has(n)) })
  const entries = [...listed.map((n) => known.get(n)), ...fresh].filter((entry) => entry !== undefined)
  return {
    view: new Map(entries.map((entry) => [entry.n, entry])),
    highest: Math.max(...listed),
    still: entries.length === listed.length,
  }
}

/** The chain that ends at entry `n`, oldest first: linked by number and `prev`. Empty if there is no such entry. */
export function chainTo(n: number, view: View): readonly Entry[] {
  const chain: Entry[] = []
  for (let entry = view.get(n); entry; entry = before(entry, view)) chain.push(entry)
  return chain.toReversed()
}

function before(entry: Entry, view: View): Entry | undefined {
  const previous = view.get(entry.n - 1)
  return previous?.id === entry.prev ? previous : undefined
}

/**
 * The end of the log: the highest entry, if `prev` leads back from it over as many entries as trimming leaves. Undefined
 * if it does not: the log is moving, or damaged. What a writer that overslept has put lies below the chain, never above.
 */
export function tipOf(view: View, keep: number): Entry | undefined {
  const highest = Math.max(...view.keys())
  const chain = chainTo(highest, view)
  return chain.length >= Math.min(keep, highest + 1) ? chain.at(-1) : undefined
}

/** Says where the chain to the highest entry breaks. `commits` is the folder that holds the entries. */
export function brokenChain(view: View, commits: string): Error {
  const highest = Math.max(...view.keys())
  const oldest = chainTo(highest, view)[0]?.n ?? highest
  const file = `${commits}/${entryName(oldest - 1)}`
  return view.has(oldest - 1)
    ? damaged(`${commits}/${entryName(oldest)}`, `it does not follow from ${entryName(oldest - 1)}`)
    : damaged(file, 'it is missing')
}
