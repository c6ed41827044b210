import { SluiceError } from '#engine/core/sluice-error.ts'
import { append, overtaken } from './append.ts'
import { type Survey, type View, brokenChain, chainTo, survey, tipOf } from './chain.ts'
import { damaged } from './entry-text.ts'
import { type Entry, type LogPosition, idleDraft, positionAfter, rootEntry } from './entry.ts'
import { type Amiss, finishAll } from './finish.ts'
import { parseTmpName } from './log-paths.ts'
import { type Protocol, ask } from './protocol.ts'
import { trim } from './trim.ts'

export interface OpenSettings {
  readonly keep: number
  readonly newId: () => string
  /** The sink's path and the folder of its entries, to name a file at fault. */
  readonly path: string
  readonly commits: string
}

/** Two live owners would fence each other without end: after so many tries the caller is to pause. */
const TRIES = 16

/**
 * Becomes the owner of the log: a fence entry, from which on no older writer can commit; then whatever others left
 * unfinished, and away with what they dropped. LOG_DAMAGED, naming the file, rather than any guess; FENCED (retryable) when
 * others were faster time and again.
 */
export function* open(settings: OpenSettings): Protocol<LogPosition> {
  let last: Survey | undefined
  for (let tries = 0; tries < TRIES; tries++) {
    const seen = yield* survey()
    const tip = tipOf(seen.view, settings.keep)
    const at = tip ? yield* takeOver(tip, seen.view, settings) : yield* foundOrWait(seen, last, settings)
    if (at) return at
    last = seen
  }
  throw new SluiceError('FENCED', `taking over the commit log ${settings.commits}`, { retryable: true })
}

/** No end of the log in sight: it is empty and gets its root, or it is moving, or damaged. Then look again. */
function* foundOrWait(seen: Survey, last: Survey | undefined, settings: OpenSettings): Protocol<undefined> {
  if (!seen.still) return
  if (seen.view.size === 0) yield* ask({ do: 'put', entry: rootEntry(settings.newId()) })
  else if (last?.still && same(seen.view, last.view)) throw brokenChain(seen.view, settings.commits)
}

/** A log that looks the same twice does not move: a chain that breaks is damage, not a race. */
function same(a: View, b: View): boolean {
  return a.size === b.size && [...a].every(([n, entry]) => b.get(n)?.id === entry.id)
}

function* takeOver(tip: Entry, view: View, settings: OpenSettings): Protocol<LogPosition | undefined> {
  const before = positionAfter(tip, tip.n)
  const fence = yield* append(before, idleDraft(before), settings.newId())
  if (!fence) return undefined
  // The look that found the tip was no single moment: while it lasted the log may have gone on and been trimmed, and a
  // void entry have come to stand where the tip was. So only a fence above which nothing stands is one.
  const { view: seen, highest } = yield* survey(new Map([...view, [fence.n, fence]]))
  if (highest !== fence.n) return undefined
  const chain = chainTo(fence.n, seen)
  const amiss = yield* finishAll(chain)
  if (amiss) return yield* ruleOut(amiss, fence, settings)
  const floor = chain[0]?.n ?? fence.n
  yield* dropBelow(floor, seen)
  yield* sweepTmp(fence.n, chain)
  return yield* trim(positionAfter(fence, floor), settings.keep)
}

/** A file is amiss: either the next owner has taken it further, or it is lost. */
function* ruleOut(amiss: Amiss, fence: Entry, { path }: OpenSettings): Protocol<undefined> {
  if (!(yield* overtaken(fence))) throw misplaced(amiss, path)
  return undefined
}

/** The error for a file that an entry names and that isn't there, or is another one. */
export function misplaced({ final, why }: Amiss, path: string): SluiceError {
  return damaged(
    `${path}/${final}`,
    why === 'missing' ? 'it was filed and is missing' : 'it has another size than was filed',
  )
}

/** Entries below the chain are void, or left by a trim. */
function* dropBelow(floor: number, view: View): Protocol<void> {
  for (const n of [...view.keys()].sort((a, b) => a - b)) {
    if (n >= floor || !(yield* ask({ do: 'drop', n }))) return
  }
}

/** Files for entries up to the fence that no entry of the chain names will never be named: their writers are fenced. */
function* sweepTmp(fence: number, chain: readonly Entry[]): Protocol<void> {
  const named = new Set(chain.flatMap((entry) => entry.files.map((file) => file.tmp)))
  const names = yield* ask({ do: 'listTmp' })
  const left = names.filter((name) => !named.has(name) && (parseTmpName(name) ?? Infinity) <= fence)
  if (left.length > 0) yield* ask({ do: 'sweep', names: left })
}
