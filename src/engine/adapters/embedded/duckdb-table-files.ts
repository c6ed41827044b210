import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { lakeParts } from '#engine/core/lake-path.ts'
import type { TablePlan } from '#engine/core/plan.ts'
import { SluiceError } from '#engine/core/sluice-error.ts'
import { decideVisible } from '#engine/core/visible-files.ts'

/** A lake that changes while it is listed settles within a few tries; more mean that something is wrong with it. */
const TRIES = 50

/**
 * The files of a table that a reader may see, as local paths: its folders in order, in each by name, which is by first
 * offset. Listed until two listings agree, so that no half of a rename is taken for the whole.
 */
export async function tableFiles(root: string, table: TablePlan): Promise<readonly string[]> {
  let before: string | undefined
  for (let tries = 0; tries < TRIES; tries++) {
    const files = await listOnce(root, table)
    const listing = files.join('\n')
    if (listing === before) return files
    before = listing
  }
  throw new SluiceError(
    'NOT_CONNECTED',
    `Reading table ${table.name}: its files change faster than they can be listed.`,
    { retryable: true },
  )
}

async function listOnce(root: string, table: TablePlan): Promise<readonly string[]> {
  let folders: readonly string[] = [join(root, ...lakeParts(table.path))]
  if (table.snapshots) folders = await newestSnapshot(folders[0] ?? root)
  for (const partition of table.partitionBy) {
    const below = await Promise.all(folders.map((folder) => partitionFolders(folder, partition)))
    folders = below.flat()
  }
  const files = await Promise.all(folders.map((folder) => visibleFiles(folder, table.format)))
  return files.flat()
}

async function newestSnapshot(folder: string): Promise<readonly string[]> {
  const versions = (await names(folder, 'folder')).flatMap((name) =>
    /^v\d+$/.test(name) ? [Number(name.slice(1))] : [],
  )
  return versions.length === 0 ? [] : [join(folder, `v${Math.max(...versions)}`)]
}

async function partitionFolders(folder: string, partition: string): Promise<readonly string[]> {
  const found = (await names(folder, 'folder')).filter((name) => name.startsWith(`${partition}=`))
  return found.map((name) => join(folder, name))
}

async function visibleFiles(folder: string, format: TablePlan['format']): Promise<readonly string[]> {
  const found = (await names(folder, 'file')).filter((name) => name.endsWith(`.${format}`))
  return decideVisible(found).map((name) => join(folder, name))
}

/** Sorted; none where there is no such folder. Links are followed by neither. */
async function names(folder: string, kind: 'file' | 'folder'): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true })
    return entries
      .filter((entry) => (kind === 'file' ? entry.isFile() : entry.isDirectory()))
      .map(({ name }) => name)
      .sort()
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return []
    throw error
  }
}
