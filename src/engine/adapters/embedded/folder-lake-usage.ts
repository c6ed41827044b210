import { join } from 'node:path'
import type { Disk } from './folder-lake-disk.ts'
import { unlessAbsent } from './folder-lake-errors.ts'
import { OWNERS_FILE, type Place, TMP_FOLDER } from './folder-lake-place.ts'

/** Files and bytes below a place, links not followed. What goes away meanwhile isn't counted. */
export async function folderUsage(
  disk: Disk,
  place: Place,
): Promise<{ readonly files: number; readonly bytes: number }> {
  const total = { files: 0, bytes: 0 }
  const folders: string[] = []
  const count = async (at: string): Promise<void> => {
    const stat = await unlessAbsent(disk.lstat(at), undefined)
    if (stat?.isDirectory()) folders.push(at)
    if (!stat?.isFile()) return
    total.files++
    total.bytes += stat.size
  }
  await count(place.disk)
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const at = folder
    const names = (await unlessAbsent(disk.readdir(at), [])).map((entry) => entry.name)
    const own =
      place.path === '/' && at === place.disk
        ? names.filter((name) => name !== TMP_FOLDER && name !== OWNERS_FILE)
        : names
    await Promise.all(own.map((name) => count(join(at, name))))
  }
  return total
}
