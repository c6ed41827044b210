import { SluiceError } from '#engine/core/sluice-error.ts'
import { chainTo, survey } from './chain.ts'
import { type Draft, type EntryFile, type LogPosition, NO_TOTALS, type Print, type Totals, idleDraft } from './entry.ts'
import type { Protocol } from './protocol.ts'
import type { RebuildPlan } from './rebuild.ts'

/** The topic as it is now, and a name for the columns filed. */
export interface Source {
  /** The topic's incarnation. */
  readonly incarnation: string
  readonly schema: string
}

/** Records [first, last] of the partition, as counted by the job that consumed them. */
export interface Consumed {
  /** The position's `last + 1`. */
  readonly first: number
  /** The last offset consumed: past rejects and markers too. */
  readonly last: number
  /** Records filed, whatever the number of rows in the files. */
  readonly rows: number
  readonly rejected: number
  /** Offsets that retention took before they were read. */
  readonly lost?: number
  /** Of the last record. Null keeps the one before. */
  readonly print: Print | null
}

/** The files of an entry, and the files that they replace. */
export interface Filed {
  readonly files: readonly EntryFile[]
  readonly removes?: readonly string[]
}

/** An entry that files what a batch consumed. INTERNAL if the batch does not follow on the one before. */
export function batchDraft(at: LogPosition, source: Source, batch: Consumed & Filed): Draft {
  const { first, last, rows, rejected, lost = 0, files, removes = [] } = batch
  if (first !== at.last + 1 || last < first) {
    throw new SluiceError('INTERNAL', `filing offsets ${first} to ${last} after ${at.last}`)
  }
  const { totals } = at
  return {
    first,
    last,
    rows,
    rejected,
    files,
    ...(lost > 0 ? { lost } : {}),
    ...(removes.length > 0 ? { removes } : {}),
    topic: source.incarnation,
    print: batch.print ?? at.print,
    schema: source.schema,
    totals: {
      in: totals.in + rows + rejected,
      filed: totals.filed + rows,
      rejected: totals.rejected + rejected,
      lost: totals.lost + lost,
      files: totals.files + files.length - removes.length,
    },
  }
}

/** An entry that puts one file in the place of several, and consumes nothing. */
export function mergeDraft(at: LogPosition, file: EntryFile, removes: readonly string[]): Draft {
  return idleDraft(at, {
    files: [file],
    removes,
    totals: { ...at.totals, files: at.totals.files + 1 - removes.length },
  })
}

/** An entry that takes the log back to where a rebuild starts. From 0 on the topic may be another one. */
export function rebuildDraft(at: LogPosition, plan: RebuildPlan, totals: Totals): Draft {
  const back = { last: plan.from - 1, totals, ...(plan.from === 0 ? { topic: '', print: null } : {}) }
  return idleDraft(at, { ...back, removes: plan.removes.map((file) => file.path) })
}

/**
 * Totals of the log up to a rebuild's start: from the entry that ended there, if the log still holds it; else by counting
 * back the rows of the files that go, every other record from there on having been rejected (offsets without gaps).
 */
export function* totalsBefore(
  at: LogPosition,
  plan: RebuildPlan,
  rows: number | undefined,
): Protocol<Totals | undefined> {
  const files = Math.max(0, at.totals.files - plan.removes.length)
  if (plan.from === 0) return NO_TOTALS
  const { view } = yield* survey()
  const entry = chainTo(at.n, view).findLast(({ last }) => last === plan.from - 1)
  if (entry) return { ...entry.totals, files }
  if (rows === undefined) return undefined
  const taken = at.last + 1 - plan.from
  const { totals } = at
  const rejected = totals.rejected - Math.max(0, taken - rows)
  return { in: totals.in - taken, filed: totals.filed - rows, rejected, lost: totals.lost, files }
}
