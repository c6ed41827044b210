import { z } from 'zod'
import type { Records } from '#engine/core/batch.ts'
import type { Column } from '#engine/core/columns.ts'
import type { Json } from '#engine/core/json.ts'
import type { ProducerPlan } from '#engine/core/plan.ts'
import type { Routed } from '#engine/core/route-records.ts'
import { SluiceError } from '#engine/core/sluice-error.ts'
import type { Log } from './adapter.ts'

/** The most that one `next` may give. One record larger than `bytes` comes alone. Both at least 1. */
export interface SourceLimits {
  readonly records: number
  readonly bytes: number
}

/** Records in the order they are to be appended. */
export interface PulledRecords {
  readonly records: Records
  /** Where the source stands after the last of them. */
  readonly position: Json
}

/** The same, by partition already (as `routeRecords` gives them), from a source that is told how many there are. */
export interface PulledRoutes {
  readonly routed: readonly Routed[]
  readonly position: Json
}

export type Pulled = PulledRecords | PulledRoutes

/**
 * Where a producer's records come from. One caller, one `next` at a time. A source opened with a position gives exactly
 * the records that follow it, none twice and none left out; a position counts only once the caller has committed it.
 */
export interface RecordSource extends AsyncDisposable {
  /** Milliseconds since 1970 on the context's clock before which `next` has nothing: read it after a `wait`. */
  readonly dueAt: number
  /**
   * At least one record; `wait` where nothing is due before `dueAt`; `end` where there will never be more. It does not
   * wait for records that are due later. FILE_UNREADABLE, NOT_CONNECTED (retryable), SOURCE_CHANGED.
   */
  next(max: SourceLimits): Promise<Pulled | 'wait' | 'end'>
  /** Idempotent. */
  close(): Promise<void>
}

/** What a source is opened with. */
export interface ProducerContext {
  /** The topic that is written to, and its columns. */
  readonly topic: string
  readonly columns: readonly Column[]
  /** The topic's partitions. Absent: the caller routes; else a source may give records by partition at once. */
  readonly partitions?: number
  /** The column whose text becomes the record's key. Absent: records have no keys. */
  readonly key?: string
  readonly log: Log
  /** Ends the opening and whatever `next` waits for. */
  readonly signal: AbortSignal
  /** Milliseconds since 1970 UTC. */
  readonly clock: () => number
  /** A new uuid. */
  readonly newId: () => string
  /** As committed last. Absent: from the start. */
  readonly position?: Json
}

/** What a producer kind declares. */
export interface ProducerSpec<Settings extends z.ZodType> {
  readonly kind: ProducerPlan['kind']
  readonly summary: string
  /** What stands under the kind's key in a pipeline: durations in ms, paths absolute. */
  readonly settings: Settings
  /** Whether a source with these settings ends by itself. */
  readonly finite: (settings: z.output<Settings>) => boolean
  /** PIPELINE_INVALID where settings and columns don't fit; SOURCE_CHANGED where the position is of another source. */
  readonly open: (settings: z.output<Settings>, context: ProducerContext) => Promise<RecordSource>
}

/** One way to make records. `settings` is given unparsed: PIPELINE_INVALID names the kind and each wrong key. */
export interface ProducerKind {
  readonly kind: ProducerPlan['kind']
  readonly summary: string
  readonly settings: z.ZodType
  finite(settings: unknown): boolean
  open(settings: unknown, context: ProducerContext): Promise<RecordSource>
}

/** Makes a producer kind of its declaration. Kinds are listed by hand in `producers/catalogue.ts`. */
export function defineProducer<Settings extends z.ZodType>(spec: ProducerSpec<Settings>): ProducerKind {
  const parse = (settings: unknown): z.output<Settings> => {
    const parsed = spec.settings.safeParse(settings)
    if (parsed.success) return parsed.data
    throw new SluiceError('PIPELINE_INVALID', `reading the settings of a ${spec.kind} producer`, {
      cause: parsed.error,
      remedy: z.prettifyError(parsed.error),
    })
  }
  return {
    kind: spec.kind,
    summary: spec.summary,
    settings: spec.settings,
    finite: (settings) => spec.finite(parse(settings)),
    open: async (settings, context) => spec.open(parse(settings), context),
  }
}
