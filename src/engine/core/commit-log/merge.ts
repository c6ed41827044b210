import type { StandingFile } from './rebuild.ts'

export interface MergeLimits {
  /** Files from this size on stay as they are. */
  readonly smallerThan: number
  /** Fewer small files in a row are not worth an entry. */
  readonly atLeast: number
}

/** Files of one folder that one file is to replace, in the order of their records. */
export interface MergePlan {
  readonly folder: string
  readonly first: number
  readonly last: number
  readonly files: readonly StandingFile[]
}

const MiB = 1024 * 1024
const LIMITS: MergeLimits = { smallerThan: 64 * MiB, atLeast: 4 }

/**
 * What is worth merging in the folders whose hour has ended: runs of small files with no other file of the log between.
 * Never the open folder (`dt=2026-11-22/hour=01`) and those after it, nor a folder in which a merge isn't finished.
 */
export function mergePlan(
  files: readonly StandingFile[],
  openFolder: string,
  limits: MergeLimits = LIMITS,
): readonly MergePlan[] {
  const folders = Map.groupBy(files, (file) => file.path.slice(0, Math.max(0, file.path.lastIndexOf('/'))))
  return [...folders]
    .filter(([folder, own]) => folder < openFolder && !overlapping(own))
    .flatMap(([folder, own]) => runsOf(own, limits).map((run) => planOf(folder, run)))
}

function overlapping(files: readonly StandingFile[]): boolean {
  const sorted = files.toSorted((a, b) => a.first - b.first)
  return sorted.some((file, i) => file.first <= (sorted[i - 1]?.last ?? -1))
}

function runsOf(files: readonly StandingFile[], { smallerThan, atLeast }: MergeLimits): readonly StandingFile[][] {
  const runs: StandingFile[][] = [[]]
  let bytes = 0
  for (const file of files.toSorted((a, b) => a.first - b.first)) {
    bytes += file.bytes
    if (file.bytes >= smallerThan || bytes > 2 * smallerThan) {
      runs.push([])
      bytes = file.bytes
    }
    if (file.bytes < smallerThan) runs.at(-1)?.push(file)
  }
  return runs.filter((run) => run.length >= atLeast)
}

function planOf(folder: string, files: readonly StandingFile[]): MergePlan {
  const [first, last] = [files[0]?.first ?? 0, files.at(-1)?.last ?? -1]
  return { folder, first, last, files }
}
