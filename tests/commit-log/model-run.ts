import { chainTo, tipOf } from '#engine/core/commit-log/chain.ts'
import { commit, inspectFolder } from '#engine/core/commit-log/commit.ts'
import { dataFileName } from '#engine/core/commit-log/data-file-name.ts'
import { batchDraft, mergeDraft, rebuildDraft, totalsBefore } from '#engine/core/commit-log/drafts.ts'
import type { Draft, EntryFile, LogPosition } from '#engine/core/commit-log/entry.ts'
import { tmpName } from '#engine/core/commit-log/log-paths.ts'
import { open } from '#engine/core/commit-log/open.ts'
import type { Ask, Protocol } from '#engine/core/commit-log/protocol.ts'
import { type StandingFile, planRebuild, standingFile } from '#engine/core/commit-log/rebuild.ts'
import { isSluiceError } from '#engine/core/sluice-error.ts'
import { type Broken, END, ModelLake, type Steps } from './model-lake.ts'
import { answered } from './tamper.ts'

export interface ModelSettings {
  readonly keep: number
  /** Whether writers merge and rebuild too. */
  readonly more: boolean
  readonly broken?: Broken
}

const LOG = { path: '/sink', topic: 't', partition: 0 }
const SOURCE = { incarnation: 'one', schema: 'columns' }

/** 'ok', or what went wrong in one random run: writers that stall, are killed, restarted and overtaken, then one clean last one. */
export function modelRun(seed: number, settings: ModelSettings): string {
  try {
    return new ModelRun(seed, settings).result()
  } catch (error) {
    return isSluiceError(error) ? `stopped: ${error.message}` : String(error)
  }
}

class ModelRun {
  readonly #lake: ModelLake
  readonly #settings: ModelSettings
  readonly #random: () => number
  #ids = 0

  constructor(seed: number, settings: ModelSettings) {
    this.#settings = settings
    this.#lake = new ModelLake(settings.broken)
    this.#random = mulberry32(seed)
  }

  result(): string {
    if (!this.#crowd()) return 'stuck'
    const last = this.#writer(false)
    for (let step = 0; !last.next().done; step++) if (step > 1e5) return 'stuck at last'
    return this.#lake.wrong || this.#verdict()
  }

  /** Writers in random turns. The last ones hardly run: owners that stall. */
  #crowd(): boolean {
    const alive = [this.#writer(true), this.#writer(true)]
    for (let step = 0; alive.length > 0; step++) {
      if (step > (this.#settings.broken ? 2e4 : 1e6)) return false
      const i = Math.floor(this.#random() ** 2 * alive.length)
      if (alive[i]?.next().done) alive.splice(i, 1)
      else if (step < 800) this.#strike(alive, i)
      if (this.#chance(0.05)) alive.sort(() => this.#random() - 0.5)
    }
    return true
  }

  /** Kills a writer and starts another in its place, or adds one that knows nothing of the others. */
  #strike(alive: Steps<void>[], i: number): void {
    if (this.#chance(0.02)) alive[i] = this.#writer(true)
    if (this.#chance(0.01) && alive.length < 4) alive.push(this.#writer(true))
  }

  #verdict(): string {
    const { entries, tmp } = this.#lake
    const tip = tipOf(entries, this.#settings.keep)
    const filed = this.#files().flatMap((file) =>
      Array.from({ length: file.last - file.first + 1 }, (_, i) => file.first + i),
    )
    if (new Set(filed).size < END) return 'loss'
    if (filed.length > END) return 'double'
    if (tmp.size > 0) return 'a tmp file is left'
    if (!tip || chainTo(tip.n, entries).length < entries.size) return 'a void entry is left'
    const { totals } = tip
    if (totals.filed !== END || totals.in !== END || totals.files !== this.#files().length) return 'wrong totals'
    return 'ok'
  }

  *#writer(hand: boolean): Steps<void> {
    for (;;) {
      let at = yield* this.#opened()
      while (at) {
        const draft = yield* this.#next(at, hand)
        if (draft === 'end') return
        at =
          draft &&
          (yield* this.#run(commit(at, draft, { id: this.#newId(), keep: this.#settings.keep, path: LOG.path })))
      }
    }
  }

  *#opened(): Steps<LogPosition | undefined> {
    const { keep } = this.#settings
    try {
      const at = yield* this.#run(open({ keep, newId: () => this.#newId(), path: LOG.path, commits: '/commits' }))
      return (yield* this.#run(inspectFolder(at, LOG, ''))) === 'sound' ? at : undefined
    } catch (error) {
      if (isSluiceError(error, 'FENCED')) return undefined
      throw error
    }
  }

  /** A batch of one to three offsets, or now and then a merge or a rebuild. Undefined: open again. */
  *#next(at: LogPosition, hand: boolean): Steps<Draft | 'end' | undefined> {
    const floor = Math.floor(this.#random() * END)
    const more = this.#settings.more
    if (more && hand && this.#lake.cuts < 2 && this.#chance(0.1) && at.last >= floor)
      return yield* this.#rebuild(at, floor)
    const few = more && this.#chance(0.25) ? this.#someFiles() : []
    if (few.length > 1) return yield* this.#merge(at, few)
    return at.last < END - 1 ? yield* this.#batch(at) : 'end'
  }

  *#batch(at: LogPosition): Steps<Draft> {
    const first = at.last + 1
    const last = Math.min(END - 1, first + Math.floor(this.#random() * 3))
    const file = yield* this.#write(at, first, last)
    return batchDraft(at, SOURCE, { first, last, rows: file.rows, rejected: 0, print: null, files: [file] })
  }

  /** One file in the place of up to four neighbours. */
  *#merge(at: LogPosition, few: readonly StandingFile[]): Steps<Draft> {
    const file = yield* this.#write(at, few[0]?.first ?? 0, few.at(-1)?.last ?? 0)
    return mergeDraft(
      at,
      file,
      few.map((old) => old.path),
    )
  }

  #someFiles(): readonly StandingFile[] {
    const files = this.#files()
    return files.slice(Math.floor(this.#random() * files.length)).slice(0, 4)
  }

  *#rebuild(at: LogPosition, floor: number): Steps<Draft | undefined> {
    const plan = planRebuild(floor, this.#files())
    if (this.#settings.broken === 'rebuild deletes files and entries') {
      return yield* this.#lake.deleteAll(plan.removes.map((file) => file.path))
    }
    const rows = plan.removes.reduce((sum, file) => sum + file.last - file.first + 1, 0)
    const totals = yield* this.#run(totalsBefore(at, plan, rows))
    return totals && rebuildDraft(at, plan, totals)
  }

  /** Writes a file to tmp, durably, for the next entry. */
  *#write(at: LogPosition, first: number, last: number): Steps<EntryFile> {
    const n = at.n + 1
    const tmp = tmpName(n, this.#newId())
    yield
    this.#lake.tmp.add(tmp)
    const final = dataFileName({
      ...LOG,
      first,
      last,
      n: this.#settings.broken === 'names without n' ? 0 : n,
      format: 'parquet',
    })
    return { tmp, final, rows: last - first + 1, bytes: 1 }
  }

  /** Drives the protocol on the lake, step by step. */
  *#run<Result>(protocol: Protocol<Result>): Steps<Result> {
    const asked: Ask[] = []
    let step = protocol.next()
    while (!step.done) {
      asked.push(step.value)
      step = protocol.next(yield* answered(this.#settings.broken, this.#lake, asked))
    }
    return step.value
  }

  #files(): readonly StandingFile[] {
    const files = [...this.#lake.files].map((path) => standingFile(path, 1, LOG)).filter((file) => file !== undefined)
    return files.sort((a, b) => a.first - b.first)
  }

  #chance(probability: number): boolean {
    return this.#random() < probability
  }

  #newId(): string {
    return String(++this.#ids)
  }
}

function mulberry32(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t ^= t + Math.imul(t ^ (t >>> 7), 61 | t)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
