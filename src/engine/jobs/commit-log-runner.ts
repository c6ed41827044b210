import { rm } from 'node:fs/promises'
import { commit, inspectFolder } from '#engine/core/commit-log/commit.ts'
import { dataFileName } from '#engine/core/commit-log/data-file-name.ts'
import {
  type Consumed,
  type Source,
  batchDraft,
  mergeDraft,
  rebuildDraft,
  totalsBefore,
} from '#engine/core/commit-log/drafts.ts'
import type { Draft, EntryFile, LogPosition } from '#engine/core/commit-log/entry.ts'
import { type LogName, tmpName } from '#engine/core/commit-log/log-paths.ts'
import { open } from '#engine/core/commit-log/open.ts'
import { planRebuild, type StandingFile } from '#engine/core/commit-log/rebuild.ts'
import { KEEP } from '#engine/core/commit-log/trim.ts'
import { faultPoint } from '#engine/core/fault-point.ts'
import { joinLakePath, lakePath } from '#engine/core/lake-path.ts'
import { SluiceError } from '#engine/core/sluice-error.ts'
import type { Log } from '#engine/ports/adapter.ts'
import type { Lake } from '#engine/ports/lake.ts'
import type { WrittenFile } from '#engine/ports/transform.ts'
import { LakeActs, drive } from './commit-log-acts.ts'
import { standingFiles } from './standing-files.ts'

export { readTotals } from './read-totals.ts'

export interface CommitLogOptions extends LogName, Source {
  readonly format: 'parquet' | 'json'
  readonly newId: () => string
  readonly log?: Log
  /** How many entries the log keeps; the same for all its writers. */
  readonly keep?: number
}

/** What a batch consumed and the local files made from it. */
export interface BatchToFile extends Consumed {
  /** `folder` is relative to the sink's path. */
  readonly files: readonly WrittenFile[]
  /** Files, relative to the sink's path, that these replace: a state's forerunner. */
  readonly removes?: readonly string[]
}

/** A local file made from several that stand in one folder. */
export interface FileToMerge {
  readonly first: number
  readonly last: number
  readonly file: WrittenFile
  readonly removes: readonly string[]
}

export type Outcome = 'committed' | 'fenced'

/**
 * The commit log of one lake sink on one partition, as its owner. Whatever it is asked, records are filed once: a commit
 * that rejected may stand or not, the next opening finds out. After 'fenced' or an error it answers 'fenced' for ever: open
 * it anew, after a pause, while the partition is still yours. Calls queue. Local files are gone when a call has ended.
 */
export interface CommitLog extends AsyncDisposable {
  readonly at: LogPosition
  commit(batch: BatchToFile): Promise<Outcome>
  merge(merge: FileToMerge): Promise<Outcome>
  /**
   * Takes files away from the last boundary at or below `from`, so that the sink starts there again. `rowsOf` counts the
   * rows of files where the log no longer holds the counts of that boundary.
   */
  rebuild(from: number, rowsOf: (files: readonly StandingFile[]) => Promise<number>): Promise<Outcome>
  /** Idempotent; waits for what is under way. */
  close(): Promise<void>
}

/**
 * Takes the log over: older writers can commit no more, and what they left is finished. LOG_DAMAGED, naming the file, if the
 * log can't be trusted; FENCED (retryable) if others keep taking it. Check the topic (`checkTopic`) before the first commit.
 */
export async function openCommitLog(lake: Lake, options: CommitLogOptions): Promise<CommitLog> {
  const path = lakePath(options.path)
  const { keep = KEEP, newId } = options
  const acts = new LakeActs(lake, { ...options, path }, options.log)
  const { commits, tmp } = acts.paths
  await lake.mkdirs(commits)
  await lake.mkdirs(tmp)
  const at = await drive(open({ keep, newId, path, commits }), acts)
  acts.putting = 'entry-put'
  return new OwnedLog(at, { ...options, path, keep, lake, acts })
}

interface Setting extends CommitLogOptions {
  readonly keep: number
  readonly lake: Lake
  readonly acts: LakeActs
}

class OwnedLog implements CommitLog {
  at: LogPosition
  readonly #setting: Setting
  /** Folders that were seen to hold nothing of a later state of this log. */
  readonly #sound = new Set<string>()
  #over = false
  #queue: Promise<unknown> = Promise.resolve()

  constructor(at: LogPosition, setting: Setting) {
    this.at = at
    this.#setting = setting
  }

  commit(batch: BatchToFile): Promise<Outcome> {
    return this.#inTurn(batch.files, async () => {
      const files = await this.#adopt(batch.files, batch)
      return files && batchDraft(this.at, this.#setting, { ...batch, files })
    })
  }

  merge({ first, last, file, removes }: FileToMerge): Promise<Outcome> {
    return this.#inTurn([file], async () => {
      const [merged] = (await this.#adopt([file], { first, last })) ?? []
      return merged && mergeDraft(this.at, merged, removes)
    })
  }

  rebuild(from: number, rowsOf: (files: readonly StandingFile[]) => Promise<number>): Promise<Outcome> {
    return this.#inTurn([], async () => {
      const { lake, acts } = this.#setting
      const plan = planRebuild(Math.max(0, Math.min(from, this.at.last + 1)), await standingFiles(lake, this.#setting))
      const totals =
        (await drive(totalsBefore(this.at, plan, undefined), acts)) ??
        (await drive(totalsBefore(this.at, plan, await rowsOf(plan.removes)), acts))
      if (!totals) throw new SluiceError('INTERNAL', `counting ${this.#setting.path} back to offset ${plan.from}`)
      return rebuildDraft(this.at, plan, totals)
    })
  }

  async close(): Promise<void> {
    this.#over = true
    await this.#queue
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  /** Commits what `prepare` gives, after all calls before; undefined means that another writer is the owner now. */
  #inTurn(local: readonly WrittenFile[], prepare: () => Promise<Draft | undefined>): Promise<Outcome> {
    const done = this.#queue.then(async () => {
      try {
        return await this.#commit(prepare)
      } finally {
        await Promise.all(local.map((file) => rm(file.localFile, { force: true })))
      }
    })
    this.#queue = done.catch(() => undefined)
    return done
  }

  async #commit(prepare: () => Promise<Draft | undefined>): Promise<Outcome> {
    if (this.#over) return 'fenced'
    this.#over = true
    const draft = await prepare()
    const { keep, path, newId, acts } = this.#setting
    const at = draft && (await drive(commit(this.at, draft, { id: newId(), keep, path }), acts))
    if (!at) return 'fenced'
    this.at = at
    this.#over = false
    return 'committed'
  }

  /** Takes local files into the log's tmp folder, durably, for the next entry; undefined if another writer is the owner now. */
  async #adopt(
    files: readonly WrittenFile[],
    range: { first: number; last: number },
  ): Promise<EntryFile[] | undefined> {
    for (const { folder } of files) if (!(await this.#isSound(folder))) return undefined
    const { topic, partition, format, newId, lake, acts } = this.#setting
    const n = this.at.n + 1
    const { first, last } = range
    const name = dataFileName({ topic, partition, first, last, n, format })
    return await Promise.all(
      files.map(async ({ folder, localFile, rows, bytes }) => {
        const tmp = tmpName(n, newId())
        faultPoint('tmp-write', 'before')
        await lake.adopt(joinLakePath(acts.paths.tmp, tmp), localFile)
        faultPoint('tmp-fsync', 'after')
        return { tmp, final: [folder, name].filter((part) => part !== '').join('/'), rows, bytes }
      }),
    )
  }

  async #isSound(folder: string): Promise<boolean> {
    if (this.#sound.has(folder)) return true
    const found = await drive(inspectFolder(this.at, this.#setting, folder), this.#setting.acts)
    if (found === 'sound') this.#sound.add(folder)
    return found === 'sound'
  }
}
