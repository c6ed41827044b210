import { type Stats, lstatSync, realpathSync } from 'node:fs'
import { type FileHandle, chmod, constants, link, mkdir, open, readdir, rename, rm, unlink } from 'node:fs/promises'
import { setImmediate } from 'node:timers/promises'

const AT_ONCE = 500
const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants

/** The calls that a folder lake makes on the file system, so that a test can let any of them fail. Errors are Node's own. */
export const nodeDisk = {
  chmod,
  link,
  mkdir,
  readdir: (place: string) => readdir(place, { withFileTypes: true }),
  rename,
  rm,
  unlink,

  // Looks are straight calls: 4 µs each from the system's cache, where the thread pool takes 100. What changes a disk isn't.
  lstat: async (place: string): Promise<Stats> => lstatSync(place),
  realpath: async (place: string): Promise<string> => realpathSync.native(place),

  /** What stands at many places, undefined where nothing does; some hundred at a time. */
  async lstatAll(places: readonly string[]): Promise<readonly (Stats | undefined)[]> {
    const stats: (Stats | undefined)[] = []
    for (const place of places) {
      stats.push(lstatSync(place, { throwIfNoEntry: false }))
      if (stats.length % AT_ONCE === 0) await setImmediate()
    }
    return stats
  },

  /** Opens for reading, never through a link, never hanging on a FIFO. */
  openToRead: (place: string): Promise<FileHandle> => open(place, O_RDONLY | (O_NOFOLLOW ?? 0) | (O_NONBLOCK ?? 0)),

  /** Writes a file that isn't there yet, and has the disk confirm it. */
  async writeNew(place: string, content: AsyncIterable<Uint8Array> | Uint8Array): Promise<void> {
    await using file = await open(place, 'wx', 0o644)
    if (content instanceof Uint8Array) await file.writeFile(content)
    else for await (const chunk of content) await file.writeFile(chunk)
    await file.sync()
  },

  /** Has the disk confirm a file's bytes. */
  async syncFile(place: string): Promise<void> {
    await using file = await open(place, 'r+')
    await file.sync()
  },

  /** Has the disk confirm the names in a folder. Windows can't, and writes them through by itself. */
  async syncFolder(place: string): Promise<void> {
    if (process.platform === 'win32') return
    await using folder = await open(place, 'r')
    await folder.sync()
  },
}

export type Disk = typeof nodeDisk
