import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { Disk } from './folder-lake-disk.ts'
import { errnoOf, unlessAbsent } from './folder-lake-errors.ts'
import { TMP_FOLDER } from './folder-lake-place.ts'

const STALE_MS = 60 * 60 * 1000
// A process id means something on its own machine (or in its own container) only.
const HOST = hostname()
  .replace(/[^\w-]/g, '_')
  .slice(0, 60)
const NAME = /^(?<host>.+)\.(?<pid>\d+)\.[\w-]+$/

/** A name for a file that is being written, told from all data by its folder, which is made if it is gone. */
export async function newTmp(root: string, disk: Disk): Promise<string> {
  await disk.mkdir(join(root, TMP_FOLDER), { recursive: true, mode: 0o700 })
  return join(root, TMP_FOLDER, `${HOST}.${process.pid}.${randomUUID()}`)
}

/** Makes the folder for files being written, and removes what dead processes of this machine, or anyone an hour ago, left in it. */
export async function sweepTmp(root: string, disk: Disk, now: number): Promise<void> {
  const folder = join(root, TMP_FOLDER)
  await disk.mkdir(folder, { recursive: true, mode: 0o700 })
  for (const entry of await disk.readdir(folder)) {
    const place = join(folder, entry.name)
    const stat = await unlessAbsent(disk.lstat(place), undefined)
    if (stat && (isOrphan(entry.name) || now - stat.mtimeMs > STALE_MS))
      await disk.rm(place, { force: true, recursive: true })
  }
}

function isOrphan(name: string): boolean {
  const { host, pid } = NAME.exec(name)?.groups ?? {}
  return host === HOST && !isAlive(Number(pid))
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return errnoOf(error) !== 'ESRCH'
  }
}
