import { parseDataFileName } from '#engine/core/commit-log/data-file-name.ts'
import type { Entry, EntryFile } from '#engine/core/commit-log/entry.ts'
import type { Act, Acts, Ask, Placing } from '#engine/core/commit-log/protocol.ts'
import { decideVisible } from '#engine/core/visible-files.ts'

/** How many offsets, from 0, a run of the model files. */
export const END = 24

/** A rule of the protocol that a run goes without, to see that the model notices. */
export const RULES = [
  'no check after the put',
  'takes a look for one moment',
  'sweeps beyond the fence',
  'finishes the last entry only',
  'never finishes its own entries',
  'removes before it places',
  'rebuild deletes files and entries',
  'names without n',
  'readers see all files',
] as const

export type Broken = (typeof RULES)[number]

/** Offsets from … to as bits. */
export const bits = (from: number, to: number): number => (2 ** (to + 1) - 1) & ~(2 ** from - 1)

/** Something that is done in steps: before each it may be stalled, killed or overtaken. */
export type Steps<Result> = Generator<void, Result, void>

export type ModelActor = { readonly [A in Act]: (act: Ask<A>) => Steps<Acts[A]['answer']> }

/** A lake of one folder in memory, in which every single put, read, rename and removal is a step of its own; a reader looks after each. */
export class ModelLake implements ModelActor {
  readonly entries = new Map<number, Entry>()
  readonly tmp = new Set<string>()
  readonly files = new Set<string>()
  /** The first thing that a reader saw and should not have. */
  wrong = ''
  cuts = 0
  readonly #broken: Broken | undefined
  /** Known to the model alone: the chain's true end, the offsets that readers must go on seeing, the files that a rebuild takes. */
  #tip: string | null = null
  #shown = 0
  readonly #doomed = new Set<string>()

  constructor(broken: Broken | undefined) {
    this.#broken = broken
  }

  *list(): Steps<readonly number[]> {
    yield
    return [...this.entries.keys()]
  }

  *get({ numbers }: Ask<'get'>): Steps<readonly (Entry | undefined)[]> {
    const found: (Entry | undefined)[] = []
    for (const n of numbers) {
      yield
      found.push(this.entries.get(n))
    }
    return found
  }

  *put({ entry }: Ask<'put'>): Steps<boolean> {
    yield
    if (this.entries.has(entry.n)) return false
    this.entries.set(entry.n, entry)
    if (entry.prev === this.#tip) this.#follow(entry)
    return true
  }

  *drop({ n }: Ask<'drop'>): Steps<boolean> {
    yield
    this.entries.delete(n)
    return true
  }

  *place({ n, files }: Ask<'place'>): Steps<readonly Placing[]> {
    if (this.#broken === 'removes before it places') {
      for (const path of this.entries.get(n)?.removes ?? []) yield* this.#remove(path)
    }
    const placings: Placing[] = []
    for (const file of files) {
      yield
      placings.push(this.#place(file))
    }
    return placings
  }

  *check({ files }: Ask<'check'>): Steps<readonly Placing[]> {
    yield
    return files.map((file) => (this.files.has(file.final) ? 'placed' : 'missing'))
  }

  *remove({ paths }: Ask<'remove'>): Steps<undefined> {
    for (const path of paths) yield* this.#remove(path)
  }

  *listTmp(): Steps<readonly string[]> {
    yield
    return [...this.tmp]
  }

  *sweep({ names }: Ask<'sweep'>): Steps<undefined> {
    for (const name of names) {
      yield
      this.tmp.delete(name)
    }
  }

  *listFolder(): Steps<readonly string[]> {
    yield
    return [...this.files]
  }

  /** Without asking anyone: what a rebuild did in the first draft of the design. */
  *deleteAll(paths: readonly string[]): Steps<undefined> {
    for (const path of paths) {
      yield
      this.files.delete(path)
      this.#shown = 0
    }
    for (const n of this.entries.keys()) {
      yield
      if (n > 0) this.entries.delete(n)
    }
    this.#shown = 0
    this.cuts++
  }

  #follow(entry: Entry): void {
    this.#tip = entry.id
    if (entry.last >= entry.first - 1) return
    this.cuts++
    this.#shown &= 2 ** (entry.last + 1) - 1
    for (const path of entry.removes ?? []) this.#doomed.add(path)
  }

  #place({ tmp, final }: EntryFile): Placing {
    if (this.tmp.delete(tmp)) {
      this.files.add(final)
      this.#look()
    }
    return this.files.has(final) ? 'placed' : 'missing'
  }

  *#remove(path: string): Steps<void> {
    yield
    if (this.files.delete(path)) this.#look()
  }

  /** No offset twice, and none gone that was to be seen before. */
  #look(): void {
    const all = [...this.files]
    let mask = 0
    let stays = 0
    for (const name of this.#broken === 'readers see all files' ? all : decideVisible(all)) {
      const file = parseDataFileName(name)
      const range = file ? bits(file.first, file.last) : 0
      if (mask & range) this.wrong ||= 'a reader saw records twice'
      mask |= range
      if (!this.#doomed.has(name)) stays |= range
    }
    if (this.#shown & ~mask) this.wrong ||= 'a reader lost sight of records'
    this.#shown = stays
  }
}
