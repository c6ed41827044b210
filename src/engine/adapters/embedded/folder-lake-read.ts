import type { Stats } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { joinLakePath } from '#engine/core/lake-path.ts'
import { SluiceError } from '#engine/core/sluice-error.ts'
import type { ByteRange, LakeEntry } from '#engine/ports/lake.ts'
import type { Disk } from './folder-lake-disk.ts'
import { saying, unlessAbsent } from './folder-lake-errors.ts'
import type { Owners } from './folder-lake-owners.ts'
import { OWNERS_FILE, type Place, TMP_FOLDER, linked } from './folder-lake-place.ts'

const CHUNK = 256 * 1024

/** The files and folders in a folder, by name; links, devices and sockets are none. */
export async function listPlace(disk: Disk, owners: Owners, folder: Place): Promise<readonly LakeEntry[]> {
  const ownerOf = await owners.lookup()
  const names = (await disk.readdir(folder.disk)).map(({ name }) => name).sort(byCode)
  const stats = await disk.lstatAll(names.map((name) => join(folder.disk, name)))
  return names.flatMap((name, i) => {
    const path = joinLakePath(folder.path, name)
    const stat = stats[i]
    return (stat && !isPrivate(path) && entryOf(path, stat, ownerOf)) || []
  })
}

function byCode(a: string, b: string): number {
  return a < b ? -1 : 1
}

/** The file or folder at a place; undefined where there is none, or a link or device. */
export async function statPlace(disk: Disk, owners: Owners, place: Place): Promise<LakeEntry | undefined> {
  const stat = await unlessAbsent(disk.lstat(place.disk), undefined)
  return stat && entryOf(place.path, stat, await owners.lookup())
}

function entryOf(path: string, stat: Stats, ownerOf: Awaited<ReturnType<Owners['lookup']>>): LakeEntry | undefined {
  if (!stat.isFile() && !stat.isDirectory()) return undefined
  return {
    name: path.slice(path.lastIndexOf('/') + 1),
    path,
    kind: stat.isFile() ? 'file' : 'folder',
    bytes: stat.isFile() ? stat.size : 0,
    modified: stat.mtimeMs,
    mode: stat.mode & 0o777,
    ...ownerOf(path, stat),
  }
}

function isPrivate(path: string): boolean {
  return path === `/${TMP_FOLDER}` || path === `/${OWNERS_FILE}`
}

/** Opens a plain file, and sees afterwards that it is the one that stands at its plain path: nobody put a link in between. */
export async function openPlace(disk: Disk, place: Place): Promise<FileHandle> {
  const file = await disk.openToRead(place.disk)
  try {
    const [opened, real] = await Promise.all([file.stat(), disk.realpath(place.disk)])
    if (opened.isDirectory()) throw new SluiceError('FILE_UNKNOWN', `${place.path} is a folder, not a file`)
    if (real !== place.disk || !opened.isFile()) throw linked(place.path)
    return file
  } catch (error) {
    await file.close()
    throw error
  }
}

/** The bytes of a file, or of a range of it. The file is open only while it is being read. */
export async function* readPlace(disk: Disk, place: Place, range: ByteRange): AsyncGenerator<Uint8Array> {
  const doing = `reading ${place.path}`
  await using file = await saying(doing, () => openPlace(disk, place))
  for (let position = range.start; position < range.end; ) {
    const length = Math.min(CHUNK, range.end - position)
    const buffer = new Uint8Array(length)
    const at = position
    const { bytesRead } = await saying(doing, () => file.read(buffer, 0, length, at))
    if (bytesRead === 0) return
    yield buffer.subarray(0, bytesRead)
    position += bytesRead
  }
}
