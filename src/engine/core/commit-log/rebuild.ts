import { type DataFileName, parseDataFileName } from './data-file-name.ts'
import type { LogName } from './log-paths.ts'

/** A data file that stands in the lake. */
export interface StandingFile extends DataFileName {
  /** Relative to the sink's path. */
  readonly path: string
  readonly bytes: number
}

export interface RebuildPlan {
  /** Where the sink starts again: at or before the offset asked for. */
  readonly from: number
  readonly removes: readonly StandingFile[]
}

/** The file of this log at `path` (relative to the sink's), or undefined for a foreign one. */
export function standingFile(path: string, bytes: number, log: LogName): StandingFile | undefined {
  const file = parseDataFileName(path.slice(path.lastIndexOf('/') + 1))
  return file?.topic === log.topic && file.partition === log.partition ? { ...file, path, bytes } : undefined
}

/**
 * What a rebuild from offset `x` takes away: every file from the highest boundary at or below `x` that no file straddles.
 * `files`: all files of the log that stand.
 */
export function planRebuild(x: number, files: readonly StandingFile[]): RebuildPlan {
  let from = x
  for (const file of files.toSorted((a, b) => b.last - a.last)) {
    if (file.first < from && file.last >= from) from = file.first
  }
  return { from, removes: files.filter((file) => file.first >= from) }
}
