import { entryText, damaged, parseEntry } from '#engine/core/commit-log/entry-text.ts'
import type { Entry, EntryFile } from '#engine/core/commit-log/entry.ts'
import { type LogName, type LogPaths, entryName, logPaths, parseEntryName } from '#engine/core/commit-log/log-paths.ts'
import { type Actor, type Placing, type Protocol, perform } from '#engine/core/commit-log/protocol.ts'
import { type FaultPoint, faultPoint } from '#engine/core/fault-point.ts'
import { joinLakePath } from '#engine/core/lake-path.ts'
import { isSluiceError } from '#engine/core/sluice-error.ts'
import type { Log } from '#engine/ports/adapter.ts'
import type { Lake } from '#engine/ports/lake.ts'

/** Runs a protocol to its end, doing on a lake what it asks for. */
export async function drive<Result>(protocol: Protocol<Result>, actor: Actor): Promise<Result> {
  let step = protocol.next()
  while (!step.done) step = protocol.next(await perform(actor, step.value))
  return step.value
}

/** The acts of the commit log on a lake. */
export class LakeActs implements Actor {
  readonly paths: LogPaths
  /** Which fault point stands for putting an entry: taking over, or committing. */
  putting: 'fence' | 'entry-put' = 'fence'
  readonly #lake: Lake
  readonly #path: string
  readonly #log: Log | undefined

  constructor(lake: Lake, name: LogName, log: Log | undefined) {
    this.paths = logPaths(name)
    this.#lake = lake
    this.#path = name.path
    this.#log = log
  }

  async list(): Promise<readonly number[]> {
    const names = await this.#names(this.paths.commits)
    return names.map(parseEntryName).filter((n) => n !== undefined)
  }

  get({ numbers }: { readonly numbers: readonly number[] }): Promise<readonly (Entry | undefined)[]> {
    return at('entry-list', () => Promise.all(numbers.map((n) => this.entry(n))))
  }

  async entry(n: number): Promise<Entry | undefined> {
    const file = joinLakePath(this.paths.commits, entryName(n))
    const bytes = await unlessUnknown(this.#lake.read(file), undefined)
    const entry = bytes && parseEntry(bytes, file)
    if (entry && entry.n !== n) throw damaged(file, `it holds entry ${entry.n}`)
    return entry
  }

  /** False also where the log itself is gone: it was reset, and must not be founded again by a writer that overslept. */
  put({ entry }: { readonly entry: Entry }): Promise<boolean> {
    const file = joinLakePath(this.paths.commits, entryName(entry.n))
    return at(this.putting, () => unlessUnknown(this.#lake.putIfAbsent(file, entryText(entry)), false))
  }

  drop({ n }: { readonly n: number }): Promise<boolean> {
    return at('trim', async () => {
      try {
        await this.#lake.remove(joinLakePath(this.paths.commits, entryName(n)))
        return true
      } catch (error) {
        this.#log?.warn(
          { error, entry: n, log: this.paths.commits },
          'an old entry could not be removed; trying again later',
        )
        return false
      }
    })
  }

  place({ files }: { readonly files: readonly EntryFile[] }): Promise<readonly Placing[]> {
    return at('data-rename', () => Promise.all(files.map((file) => this.#place(file))))
  }

  check({ files }: { readonly files: readonly EntryFile[] }): Promise<readonly Placing[]> {
    return Promise.all(files.map((file) => this.#check(file)))
  }

  remove({ paths }: { readonly paths: readonly string[] }): Promise<undefined> {
    return at('data-remove', () => this.#remove(this.#path, paths))
  }

  listTmp(): Promise<readonly string[]> {
    return this.#names(this.paths.tmp)
  }

  sweep({ names }: { readonly names: readonly string[] }): Promise<undefined> {
    return at('sweep', () => this.#remove(this.paths.tmp, names))
  }

  listFolder({ folder }: { readonly folder: string }): Promise<readonly string[]> {
    return this.#names(joinLakePath(this.#path, folder))
  }

  async #place(file: EntryFile): Promise<Placing> {
    const from = joinLakePath(this.paths.tmp, file.tmp)
    const moved = await this.#move(from, joinLakePath(this.#path, file.final))
    faultPoint('data-rename', 'at')
    const found = await this.#check(file)
    // A crash between the two names of one file leaves both.
    if (moved === 'taken' && found === 'placed') await this.#lake.remove(from)
    return found
  }

  async #check({ final, bytes }: EntryFile): Promise<Placing> {
    const stat = await this.#lake.stat(joinLakePath(this.#path, final))
    if (!stat) return 'missing'
    return stat.kind === 'file' && stat.bytes === bytes ? 'placed' : 'other size'
  }

  async #move(from: string, to: string): Promise<'moved' | 'absent' | 'taken'> {
    try {
      await this.#lake.rename(from, to)
      return 'moved'
    } catch (error) {
      if (isSluiceError(error, 'FILE_UNKNOWN')) return 'absent'
      if (isSluiceError(error, 'FILE_EXISTS')) return 'taken'
      throw error
    }
  }

  async #remove(folder: string, names: readonly string[]): Promise<undefined> {
    await Promise.all(names.map((name) => this.#lake.remove(joinLakePath(folder, name))))
  }

  async #names(folder: string): Promise<readonly string[]> {
    return (await unlessUnknown(this.#lake.list(folder), [])).map((entry) => entry.name)
  }
}

async function at<T>(point: FaultPoint, act: () => Promise<T>): Promise<T> {
  faultPoint(point, 'before')
  const done = await act()
  faultPoint(point, 'after')
  return done
}

async function unlessUnknown<T, U>(act: Promise<T>, instead: U): Promise<T | U> {
  try {
    return await act
  } catch (error) {
    if (isSluiceError(error, 'FILE_UNKNOWN')) return instead
    throw error
  }
}
