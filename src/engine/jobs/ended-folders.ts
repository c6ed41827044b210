import { openFolder, openFolderEnds } from '#engine/core/partition-folder.ts'
import { type MergeParts, mergeEnded } from './merge-ended.ts'

export interface EndedFoldersOptions extends Omit<MergeParts, 'signal'> {
  /** Called with what made a merge fail: the log is then closed. */
  readonly onFailure: (error: unknown) => void
}

/**
 * When a sink merges: everywhere once it was opened, then, as an hour or day ends, the folders that it has filed into
 * since it last looked, and those where it failed. Disposing ends what is under way.
 */
export class EndedFolders implements AsyncDisposable {
  readonly #options: EndedFoldersOptions
  readonly #stop = new AbortController()
  /** Relative to the sink's path; "": all. */
  #touched = new Set([''])
  #due = -Infinity
  #merging: Promise<void> = Promise.resolve()

  constructor(options: EndedFoldersOptions) {
    this.#options = options
    if (options.program.partitionBy.length === 0) this.#due = Infinity
  }

  /** When `look` wants to be called: milliseconds since 1970, Infinity without partitions. */
  get due(): number {
    return this.#due
  }

  filed(folders: readonly string[]): void {
    for (const folder of folders) this.#touched.add(folder)
  }

  /** Starts what is due; nobody waits for it. */
  look(now: number): void {
    if (now < this.#due) return
    const { partitionBy } = this.#options.program
    const open = openFolder(partitionBy, now)
    const all = this.#touched.has('')
    const folders = all ? [''] : [...this.#touched].filter((folder) => folder < open)
    this.#touched = new Set([...this.#touched].filter((folder) => folder >= open))
    this.#due = openFolderEnds(partitionBy, now)
    this.#merging = this.#merging.then(() => this.#merge(open, folders))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort()
    await this.#merging
  }

  async #merge(open: string, folders: readonly string[]): Promise<void> {
    try {
      this.filed(await mergeEnded({ ...this.#options, signal: this.#stop.signal }, { openFolder: open, folders }))
    } catch (error) {
      this.#options.onFailure(error)
    }
  }
}
