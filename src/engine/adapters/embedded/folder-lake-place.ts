import { dirname, join } from 'node:path'
import { joinLakePath, lakeParts } from '#engine/core/lake-path.ts'
import { SluiceError } from '#engine/core/sluice-error.ts'
import type { Disk } from './folder-lake-disk.ts'
import { unlessAbsent } from './folder-lake-errors.ts'

/** What the lake keeps for itself at its root. No path leads to it. */
export const TMP_FOLDER = '.sluice-tmp'
export const OWNERS_FILE = '.sluice-owners.json'

const PRIVATE: ReadonlySet<string> = new Set([TMP_FOLDER, OWNERS_FILE])
const NOT_ON_WINDOWS = /^(con|prn|aux|nul|com\d|lpt\d)(\..*)?$|[<>"|?*]|[. ]$/i

export interface Place {
  /** The path in its one spelling. */
  readonly path: string
  /** Where it is on the disk. */
  readonly disk: string
}

/** Finds places of lake paths on the disk: below a root that is a real path itself. */
export class Places {
  readonly root: string
  readonly #disk: Disk

  constructor(root: string, disk: Disk) {
    this.root = root
    this.#disk = disk
  }

  /** PATH_REFUSED for a path that could lead outside, or through a link. The last part may be a link: nobody follows it. */
  async find(path: string): Promise<Place> {
    const place = this.parse(path)
    if (place.path !== '/') await this.#refuseLinks(dirname(place.disk), place.path)
    return place
  }

  /** As `find`, for what must not be the root. */
  async findBelow(path: string): Promise<Place> {
    const place = await this.find(path)
    if (place.path === '/') throw new SluiceError('PATH_REFUSED', 'The root of the lake stays as it is.')
    return place
  }

  parse(path: string): Place {
    const parts = lakeParts(path)
    const refused =
      PRIVATE.has(parts[0] ?? '') || (process.platform === 'win32' && parts.some((part) => NOT_ON_WINDOWS.test(part)))
    if (refused) throw new SluiceError('PATH_REFUSED', `"${path}" is no name for files of the lake.`)
    return { path: joinLakePath('/', ...parts), disk: join(this.root, ...parts) }
  }

  /** The real path of the deepest folder that exists must be its plain path. */
  async #refuseLinks(folder: string, path: string): Promise<void> {
    for (let at = folder; at.length >= this.root.length; at = dirname(at)) {
      const real = await unlessAbsent(this.#disk.realpath(at), undefined)
      if (real === at) return
      if (real !== undefined) throw linked(path)
      // A link that leads nowhere is absent too.
      const stat = await unlessAbsent(this.#disk.lstat(at), undefined)
      if (stat?.isSymbolicLink()) throw linked(path)
    }
  }
}

export function linked(path: string): SluiceError {
  return new SluiceError(
    'PATH_REFUSED',
    `"${path}" is, or leads through, a link or a device; the lake holds plain files and folders only.`,
  )
}
