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
  for (let places = [place.disk]; places.length > 0; ) {
    const folders: string[] = []
    for (const [i, stat] of (await disk.lstatAll(places)).entries()) {
      if (stat?.isDirectory()) folders.push(places[i] ?? '')
      if (!stat?.isFile()) continue
      total.files++
      total.bytes += stat.size
    }
    places = (await Promise.all(folders.map((folder) => below(disk, folder, place)))).flat()
  }
  return total
}

async function below(disk: Disk, folder: string, from: Place): Promise<string[]> {
  const names = (await unlessAbsent(disk.readdir(folder), [])).map((entry) => entry.name)
  const isRoot = from.path === '/' && folder === from.disk
  return names
    .filter((name) => !isRoot || (name !== TMP_FOLDER && name !== OWNERS_FILE))
    .map((name) => join(folder, name))
}
