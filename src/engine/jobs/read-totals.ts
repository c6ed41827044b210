import type { Totals } from '#engine/core/commit-log/entry.ts'
import { type LogName, logPaths, parseEntryName } from '#engine/core/commit-log/log-paths.ts'
import { lakePath } from '#engine/core/lake-path.ts'
import { isSluiceError } from '#engine/core/sluice-error.ts'
import type { Lake, LakeEntry } from '#engine/ports/lake.ts'
import { LakeActs } from './commit-log-acts.ts'

export interface FiledSoFar {
  readonly totals: Totals
  /** The last offset consumed; -1 where none was. */
  readonly last: number
}

/** What was found of a log last time, and the entry that said so: while that is the newest, nothing is read again. */
interface Seen {
  readonly mark: string
  readonly found: FiledSoFar
}

const seenLogs = new WeakMap<Lake, Map<string, Seen>>()

/** What a sink has filed of a partition, read beside its owner without fencing it; undefined where it never ran. */
export async function readTotals(lake: Lake, name: LogName): Promise<FiledSoFar | undefined> {
  const log = { ...name, path: lakePath(name.path) }
  const { commits } = logPaths(log)
  const acts = new LakeActs(lake, log, undefined)
  const seen = seenLogs.get(lake) ?? new Map<string, Seen>()
  seenLogs.set(lake, seen)
  for (;;) {
    const newest = await newestEntry(lake, commits)
    if (!newest) return undefined
    const known = seen.get(commits)
    if (known?.mark === newest.mark) return known.found
    const found = await readEntry(acts, newest.n)
    if (found) {
      seen.set(commits, { mark: newest.mark, found })
      return found
    }
  }
}

/** An entry counts if the one before it still stands: else the log has moved on meanwhile. */
async function readEntry(acts: LakeActs, n: number): Promise<FiledSoFar | undefined> {
  const entry = await acts.entry(n)
  const before = entry && (entry.n === 0 ? null : await acts.entry(entry.n - 1))
  const stands = entry && (before === null || before?.id === entry.prev)
  return stands ? { totals: entry.totals, last: entry.last } : undefined
}

async function newestEntry(
  lake: Lake,
  commits: string,
): Promise<{ readonly n: number; readonly mark: string } | undefined> {
  const entries = (await listIfThere(lake, commits)).flatMap((entry) => {
    const n = parseEntryName(entry.name)
    return n === undefined ? [] : [{ n, mark: `${n} ${entry.bytes} ${entry.modified}` }]
  })
  return entries.reduce<(typeof entries)[number] | undefined>(
    (newest, entry) => (newest && newest.n > entry.n ? newest : entry),
    undefined,
  )
}

async function listIfThere(lake: Lake, folder: string): Promise<readonly LakeEntry[]> {
  try {
    return await lake.list(folder)
  } catch (error) {
    if (isSluiceError(error, 'FILE_UNKNOWN')) return []
    throw error
  }
}
