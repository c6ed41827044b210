import { hidden } from '#engine/core/commit-log/data-file-name.ts'
import type { LogName } from '#engine/core/commit-log/log-paths.ts'
import { type StandingFile, standingFile } from '#engine/core/commit-log/rebuild.ts'
import { joinLakePath } from '#engine/core/lake-path.ts'
import type { Lake } from '#engine/ports/lake.ts'

/**
 * Every data file of a log that stands below its sink's path, or below these folders in it, in no order. What a later file
 * covers is among them.
 */
export async function standingFiles(
  lake: Lake,
  log: LogName,
  below: readonly string[] = [''],
): Promise<readonly StandingFile[]> {
  const found: StandingFile[] = []
  const folders = [...below]
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const { kind, name, bytes } of await lake.list(joinLakePath(log.path, folder))) {
      if (hidden(name)) continue
      const path = folder === '' ? name : `${folder}/${name}`
      if (kind === 'folder') folders.push(path)
      const file = kind === 'file' ? standingFile(path, bytes, log) : undefined
      if (file) found.push(file)
    }
  }
  return found
}
