import { dirname } from 'node:path'
import type { Disk } from './folder-lake-disk.ts'
import { errnoOf, unlessAbsent } from './folder-lake-errors.ts'

// File systems without hard links (FAT, some network mounts and containers' bind mounts), and mounts below the root.
const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EXDEV'])

/**
 * Gives a whole, confirmed file its name, if the name is free (else EEXIST): link, then confirm the folder. `rename` would
 * overwrite. Where links are refused, a copy that creates its name: readers may see it half written, and a crash may leave
 * it cut, so what matters carries a checksum.
 */
export async function nameIfFree(disk: Disk, tmp: string, place: string): Promise<void> {
  try {
    await disk.link(tmp, place)
  } catch (error) {
    if (!NO_LINKS.has(errnoOf(error))) throw error
    await copyIfFree(disk, tmp, place)
  }
  await disk.syncFolder(dirname(place))
}

async function copyIfFree(disk: Disk, tmp: string, place: string): Promise<void> {
  await using source = await disk.openToRead(tmp)
  try {
    await disk.writeNew(place, source.createReadStream({ autoClose: false, start: 0 }))
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') await disk.rm(place, { force: true })
    throw error
  }
}

/** Makes a folder with its parents; every name is confirmed. EEXIST or ENOTDIR where a file is in the way. */
export async function makeFolders(disk: Disk, place: string): Promise<void> {
  const first = await disk.mkdir(place, { recursive: true })
  if (first === undefined) return
  for (let made = place; made.length >= first.length; made = dirname(made)) await disk.syncFolder(dirname(made))
}

/** Takes a name away that may be gone already. */
export async function removeName(disk: Disk, place: string): Promise<void> {
  await unlessAbsent(disk.unlink(place), undefined)
}
