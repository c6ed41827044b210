import type { Totals } from '#engine/core/commit-log/entry.ts'
import type { LogName } from '#engine/core/commit-log/log-paths.ts'
import { lakePath } from '#engine/core/lake-path.ts'
import type { Lake } from '#engine/ports/lake.ts'
import { LakeActs } from './commit-log-acts.ts'

export interface FiledSoFar {
  readonly totals: Totals
  /** The last offset consumed; -1 where none was. */
  readonly last: number
}

/** What a sink has filed of a partition, read beside its owner without fencing it; undefined where it never ran. */
export async function readTotals(lake: Lake, log: LogName): Promise<FiledSoFar | undefined> {
  const acts = new LakeActs(lake, { ...log, path: lakePath(log.path) }, undefined)
  for (;;) {
    const numbers = (await acts.list()).toSorted((a, b) => b - a)
    if (numbers.length === 0) return undefined
    const newest = await acts.entry(numbers[0] ?? 0)
    const before = newest && (newest.n === 0 ? null : await acts.entry(newest.n - 1))
    // An entry counts if the one before it still stands: else the log has moved on meanwhile. Look again.
    if (newest && (before === null || before?.id === newest.prev)) return { totals: newest.totals, last: newest.last }
  }
}
