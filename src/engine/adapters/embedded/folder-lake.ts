import { mkdir, realpath } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { z } from 'zod'
import { SluiceError } from '#engine/core/sluice-error.ts'
import { type AdapterContext, defineAdapter } from '#engine/ports/adapter.ts'
import type { ByteRange, Lake, LakeEntry } from '#engine/ports/lake.ts'
import { type Disk, nodeDisk } from './folder-lake-disk.ts'
import { errnoOf, saying, unlessAbsent } from './folder-lake-errors.ts'
import { Owners } from './folder-lake-owners.ts'
import { type Place, Places, linked } from './folder-lake-place.ts'
import { listPlace, openPlace, readPlace, statPlace } from './folder-lake-read.ts'
import { newTmp, sweepTmp } from './folder-lake-tmp.ts'
import { folderUsage } from './folder-lake-usage.ts'
import { makeFolders, nameIfFree, removeName } from './folder-lake-write.ts'

const Options = z.strictObject({
  root: z.string().min(1).describe('The folder on this machine that holds the lake; made if it is not there.'),
})

/** A lake in a folder of this machine. */
export const folderLake = defineAdapter({
  port: 'lake',
  name: 'folder',
  summary: 'A folder on this machine.',
  options: Options,
  open: (options: z.output<typeof Options>, _context: AdapterContext) => openFolderLake(options),
})

/** Several processes may have the same folder open. `disk`: the calls on the file system, for tests that let them fail. */
export async function openFolderLake(options: z.output<typeof Options>, disk: Disk = nodeDisk): Promise<Lake> {
  return await saying(`opening the lake in ${options.root}`, async () => {
    await mkdir(resolve(options.root), { recursive: true })
    const root = await realpath(resolve(options.root))
    await sweepTmp(root, disk, Date.now())
    return new FolderLake(new Places(root, disk), disk, await Owners.open(root, disk))
  })
}

class FolderLake implements Lake {
  readonly #places: Places
  readonly #disk: Disk
  readonly #owners: Owners

  constructor(places: Places, disk: Disk, owners: Owners) {
    this.#places = places
    this.#disk = disk
    this.#owners = owners
  }

  list(path: string): Promise<readonly LakeEntry[]> {
    return saying(`listing ${path}`, async () => {
      const place = await this.#known(path, 'folder')
      return await listPlace(this.#disk, this.#owners, place)
    })
  }

  stat(path: string): Promise<LakeEntry | undefined> {
    return saying(`looking at ${path}`, async () => statPlace(this.#disk, this.#owners, await this.#places.find(path)))
  }

  open(path: string, range: ByteRange = { start: 0, end: Infinity }): Promise<AsyncIterable<Uint8Array>> {
    return saying(`reading ${path}`, async () => {
      const place = await this.#places.find(path)
      await using file = await openPlace(this.#disk, place)
      const { size } = await file.stat()
      return readPlace(this.#disk, place, { start: Math.max(0, range.start), end: Math.min(range.end, size) })
    })
  }

  read(path: string): Promise<Uint8Array> {
    return saying(`reading ${path}`, async () => {
      await using file = await openPlace(this.#disk, await this.#places.find(path))
      return await file.readFile()
    })
  }

  create(path: string, content: AsyncIterable<Uint8Array> | Uint8Array): Promise<void> {
    return saying(`writing ${path}`, async () => {
      const place = await this.#places.findBelow(path)
      await this.#refuseTaken(place)
      await this.#throughTmp(content, async (tmp) => {
        await makeFolders(this.#disk, dirname(place.disk))
        await nameIfFree(this.#disk, tmp, place.disk)
      })
    })
  }

  adopt(path: string, localFile: string): Promise<void> {
    return saying(`filing ${localFile} as ${path}`, async () => {
      const place = await this.#places.findBelow(path)
      await this.#disk.syncFile(localFile)
      await makeFolders(this.#disk, dirname(place.disk))
      await nameIfFree(this.#disk, localFile, place.disk)
      await removeName(this.#disk, localFile)
    })
  }

  putIfAbsent(path: string, content: Uint8Array): Promise<boolean> {
    return saying(`putting ${path}`, async () => {
      const place = await this.#places.findBelow(path)
      return await this.#throughTmp(content, async (tmp) => {
        try {
          await nameIfFree(this.#disk, tmp, place.disk)
          return true
        } catch (error) {
          if (errnoOf(error) !== 'EEXIST') throw error
          return await this.#isMine(place, content)
        }
      })
    })
  }

  rename(from: string, to: string): Promise<void> {
    return saying(`moving ${from} to ${to}`, async () => {
      const [source, target] = [await this.#known(from), await this.#places.findBelow(to)]
      await this.#refuseTaken(target)
      await makeFolders(this.#disk, dirname(target.disk))
      await this.#move(source, target)
      await this.#owners.moved(source.path, target.path)
    })
  }

  remove(path: string): Promise<void> {
    return saying(`removing ${path}`, async () => {
      const place = await this.#places.findBelow(path)
      await this.#disk.rm(place.disk, { recursive: true, force: true })
      await this.#owners.moved(place.path, undefined)
    })
  }

  mkdirs(path: string): Promise<void> {
    return saying(`making the folder ${path}`, async () => {
      const place = await this.#places.find(path)
      if ((await unlessAbsent(this.#disk.lstat(place.disk), undefined))?.isSymbolicLink()) throw linked(place.path)
      await makeFolders(this.#disk, place.disk)
    })
  }

  setMode(path: string, mode: number): Promise<void> {
    return saying(`setting the mode of ${path}`, async () => {
      if (!Number.isInteger(mode) || mode < 0 || mode > 0o777) {
        throw new SluiceError('USAGE', `${mode} is no mode: give three octal digits, 755 say.`)
      }
      const place = await this.#known(path)
      await this.#disk.chmod(place.disk, mode)
    })
  }

  setOwner(path: string, owner: string, group: string): Promise<void> {
    return saying(`setting the owner of ${path}`, async () => {
      const place = await this.#known(path)
      await this.#owners.set(place.path, { owner, group })
    })
  }

  usage(path: string): Promise<{ readonly files: number; readonly bytes: number }> {
    return saying(`measuring ${path}`, async () => folderUsage(this.#disk, await this.#known(path)))
  }

  async close(): Promise<void> {}

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  /** The place of a file or folder that is there. */
  async #known(path: string, wanted?: 'folder'): Promise<Place> {
    const place = await this.#places.find(path)
    const stat = await unlessAbsent(this.#disk.lstat(place.disk), undefined)
    if (!stat) throw new SluiceError('FILE_UNKNOWN', `There is no file or folder ${place.path} in the lake.`)
    if (!stat.isFile() && !stat.isDirectory()) throw linked(place.path)
    if (wanted === 'folder' && stat.isFile())
      throw new SluiceError('FILE_UNKNOWN', `${place.path} is a file, not a folder.`)
    return place
  }

  async #refuseTaken(place: Place): Promise<void> {
    if (await unlessAbsent(this.#disk.lstat(place.disk), undefined)) {
      throw new SluiceError('FILE_EXISTS', `${place.path} is there already.`)
    }
  }

  /** Writes content under a temporary name, confirmed, for `use`; nothing of it stays under that name. */
  async #throughTmp<T>(content: AsyncIterable<Uint8Array> | Uint8Array, use: (tmp: string) => Promise<T>): Promise<T> {
    const tmp = await newTmp(this.#places.root, this.#disk)
    try {
      await this.#disk.writeNew(tmp, content)
      return await use(tmp)
    } finally {
      await removeName(this.#disk, tmp)
    }
  }

  /** Whether what took the name is what I put: an earlier try that failed after its link stands. */
  async #isMine(place: Place, content: Uint8Array): Promise<boolean> {
    await using file = await openPlace(this.#disk, place)
    if (!Buffer.from(content).equals(await file.readFile())) return false
    await this.#disk.syncFolder(dirname(place.disk))
    return true
  }

  /** A file by a second name, then without its first, so that nothing is ever overwritten; a folder at once. */
  async #move(source: Place, target: Place): Promise<void> {
    const stat = await this.#disk.lstat(source.disk)
    if (stat.isDirectory()) {
      await this.#disk.rename(source.disk, target.disk)
      await this.#disk.syncFolder(dirname(target.disk))
    } else {
      await nameIfFree(this.#disk, source.disk, target.disk)
      await this.#disk.unlink(source.disk)
    }
    await this.#disk.syncFolder(dirname(source.disk))
  }
}
