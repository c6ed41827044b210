import { readFile } from 'node:fs/promises'
import type { Stats } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'secure-json-parse'
import { z } from 'zod'
import type { Disk } from './folder-lake-disk.ts'
import { unlessAbsent } from './folder-lake-errors.ts'
import { OWNERS_FILE } from './folder-lake-place.ts'
import { newTmp } from './folder-lake-tmp.ts'

const OwnersFile = z.record(z.string(), z.object({ owner: z.string(), group: z.string() }))

export interface Ownership {
  readonly owner: string
  readonly group: string
}

/**
 * Who owns what. The operating system lets only root give files away, and knows no user "spark"; HDFS takes any name. So
 * owners that were set are kept beside the files, and all else is owned by whom the system says.
 */
export class Owners {
  readonly #root: string
  readonly #disk: Disk
  readonly #users: ReadonlyMap<number, string>
  readonly #groups: ReadonlyMap<number, string>
  #read: { readonly key: string; readonly labels: Readonly<Record<string, Ownership>> } = { key: '', labels: {} }

  private constructor(root: string, disk: Disk, names: readonly ReadonlyMap<number, string>[]) {
    this.#root = root
    this.#disk = disk
    this.#users = names[0] ?? new Map()
    this.#groups = names[1] ?? new Map()
  }

  static async open(root: string, disk: Disk): Promise<Owners> {
    return new Owners(root, disk, await Promise.all([namesOf('/etc/passwd'), namesOf('/etc/group')]))
  }

  /** Looks once whether owners were set since, then answers for any number of paths. */
  async lookup(): Promise<(path: string, stat: Stats) => Ownership> {
    const labels = await this.#labels()
    return (path, stat) =>
      labels[path] ?? {
        owner: this.#users.get(stat.uid) ?? String(stat.uid),
        group: this.#groups.get(stat.gid) ?? String(stat.gid),
      }
  }

  async set(path: string, ownership: Ownership): Promise<void> {
    await this.#write({ ...(await this.#labels()), [path]: ownership })
  }

  /** A path and all below it has gone to another name, or (undefined) away. */
  async moved(from: string, to: string | undefined): Promise<void> {
    const labels = Object.entries(await this.#labels())
    if (!labels.some(([path]) => isWithin(path, from))) return
    const next = labels.flatMap(([path, label]) => {
      if (!isWithin(path, from)) return [[path, label] as const]
      return to === undefined ? [] : [[to + path.slice(from.length), label] as const]
    })
    await this.#write(Object.fromEntries(next))
  }

  async #labels(): Promise<Readonly<Record<string, Ownership>>> {
    const place = join(this.#root, OWNERS_FILE)
    const stat = await unlessAbsent(this.#disk.lstat(place), undefined)
    if (!stat?.isFile()) return {}
    const key = `${stat.ino} ${stat.mtimeMs} ${stat.size}`
    if (key !== this.#read.key) this.#read = { key, labels: ownersIn(await readFile(place, 'utf8')) }
    return this.#read.labels
  }

  async #write(labels: Readonly<Record<string, Ownership>>): Promise<void> {
    const tmp = await newTmp(this.#root, this.#disk)
    await this.#disk.writeNew(tmp, new TextEncoder().encode(JSON.stringify(labels)))
    await this.#disk.rename(tmp, join(this.#root, OWNERS_FILE))
  }
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`)
}

/** A file that is no longer right costs its labels, not the lake. */
function ownersIn(text: string): Readonly<Record<string, Ownership>> {
  try {
    return OwnersFile.parse(parse(text))
  } catch {
    return {}
  }
}

/** Names by number, from a file of lines `name:…:number:…`. Windows has none. */
async function namesOf(file: string): Promise<ReadonlyMap<number, string>> {
  const text = await readFile(file, 'utf8').catch(() => '')
  const lines = text.split('\n').map((line) => line.split(':'))
  return new Map(lines.map(([name = '', , id = '']) => [Number(id || NaN), name]))
}
