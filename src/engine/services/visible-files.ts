import { joinLakePath } from '#engine/core/lake-path.ts'
import { isSluiceError } from '#engine/core/sluice-error.ts'
import { decideVisible } from '#engine/core/visible-files.ts'
import type { Lake, LakeEntry } from '#engine/ports/lake.ts'

/** A data file that readers may see. */
export interface VisibleFile {
  readonly path: string
  readonly bytes: number
  /** `dt=2026-11-22/hour=01`, or "" without partitions. */
  readonly folder: string
}

/**
 * The files that make up a table now, by path: those below `path` at the depth of its partitions (dt=…/hour=…), as whole
 * commits: it lists until two listings agree, so that no file that is being replaced is seen beside its successor, or
 * missed with it. Empty where the folder isn't there yet.
 */
export async function visibleFiles(
  lake: Lake,
  path: string,
  partitionBy: readonly string[],
): Promise<readonly VisibleFile[]> {
  for (let before: readonly VisibleFile[] | undefined; ; ) {
    const files = await listOnce(lake, path, partitionBy)
    if (before && sameFiles(before, files)) return files
    before = files
  }
}

async function listOnce(lake: Lake, path: string, partitionBy: readonly string[]): Promise<readonly VisibleFile[]> {
  let folders = ['']
  for (const column of partitionBy) {
    const below = await Promise.all(folders.map((folder) => partitionsOf(lake, joinLakePath(path, folder), column)))
    folders = folders.flatMap((folder, i) =>
      (below[i] ?? []).map((name) => (folder === '' ? name : `${folder}/${name}`)),
    )
  }
  return (await Promise.all(folders.map((folder) => filesOf(lake, path, folder)))).flat()
}

async function partitionsOf(lake: Lake, path: string, column: string): Promise<readonly string[]> {
  const entries = await listIfThere(lake, path)
  return entries.filter(({ kind, name }) => kind === 'folder' && name.startsWith(`${column}=`)).map(({ name }) => name)
}

async function filesOf(lake: Lake, path: string, folder: string): Promise<readonly VisibleFile[]> {
  const entries = await listIfThere(lake, joinLakePath(path, folder))
  const files = new Map(entries.filter(({ kind }) => kind === 'file').map((entry) => [entry.name, entry]))
  return decideVisible([...files.keys()]).map((name) => {
    const file = files.get(name)
    return { path: joinLakePath(path, folder, name), bytes: file?.bytes ?? 0, folder }
  })
}

async function listIfThere(lake: Lake, path: string): Promise<readonly LakeEntry[]> {
  try {
    return await lake.list(path)
  } catch (error) {
    if (isSluiceError(error, 'FILE_UNKNOWN')) return []
    throw error
  }
}

function sameFiles(a: readonly VisibleFile[], b: readonly VisibleFile[]): boolean {
  return a.length === b.length && a.every((file, i) => file.path === b[i]?.path && file.bytes === b[i].bytes)
}
