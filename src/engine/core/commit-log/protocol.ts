import type { Entry, EntryFile } from './entry.ts'

/** What became of a file that was to be placed. `placed` also if it stood in its place already, whole. */
export type Placing = 'placed' | 'missing' | 'other size'

/** What the protocol asks of a lake, and what it is answered: `do` → arguments, answer. One table binds both ends. */
export interface Acts {
  /** The numbers of all entries in the commits folder. */
  list: { ask: object; answer: readonly number[] }
  /** Entries by number, in no order in time; undefined for those that aren't there. LOG_DAMAGED if one can't be read right. */
  get: { ask: { readonly numbers: readonly number[] }; answer: readonly (Entry | undefined)[] }
  /** Puts an entry if its number is free: true if it stands, durably. */
  put: { ask: { readonly entry: Entry }; answer: boolean }
  /** Removes an entry's file. False: not now; nothing with a higher number may go before it. */
  drop: { ask: { readonly n: number }; answer: boolean }
  /** Moves the files of entry `n` from tmp to their places, durably; an answer for each. */
  place: { ask: { readonly n: number; readonly files: readonly EntryFile[] }; answer: readonly Placing[] }
  /** Looks whether files stand in their places, moving none. */
  check: { ask: { readonly files: readonly EntryFile[] }; answer: readonly Placing[] }
  /** Removes the files that entry `n` replaces. Those that are gone are done. */
  remove: { ask: { readonly n: number; readonly paths: readonly string[] }; answer: undefined }
  /** The names in the tmp folder. */
  listTmp: { ask: object; answer: readonly string[] }
  /** Removes files from the tmp folder. */
  sweep: { ask: { readonly names: readonly string[] }; answer: undefined }
  /** The names in a folder below the sink's path; none if it isn't there. */
  listFolder: { ask: { readonly folder: string }; answer: readonly string[] }
}

export type Act = keyof Acts
/** One act, or any of those in `A`. */
export type Ask<A extends Act = Act> = { [K in A]: { readonly do: K } & Acts[K]['ask'] }[A]
export type Answer = Acts[Act]['answer']

/**
 * A run of the protocol: it yields what is to be done and is sent the answer. It does nothing itself, so a test may stall,
 * kill or overtake it at any step, and any lake can drive it.
 */
export type Protocol<Result> = Generator<Ask, Result, Answer>

/** Who does what a protocol asks for. */
export type Actor = { readonly [A in Act]: (ask: Ask<A>) => Promise<Acts[A]['answer']> }

/** Has an actor do what was asked. */
export async function perform<A extends Act>(actor: Actor, act: Ask<A>): Promise<Acts[A]['answer']> {
  return await actor[act.do](act)
}

/** Asks for one entry. */
export function* getEntry(n: number): Protocol<Entry | undefined> {
  const [entry] = yield* ask({ do: 'get', numbers: [n] })
  return entry
}

/** Asks for one act and has its answer. */
export function* ask<A extends Ask>(act: A): Protocol<Acts[A['do']]['answer']> {
  // The driver answers each act by the table above; TypeScript can't tie one yield to its answer.
  return yield act
}
