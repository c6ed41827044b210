import type { Batch } from '#engine/core/batch.ts'
import type { Column, Reject, TopicShape } from '#engine/core/columns.ts'
import type { Expression, Measure } from '#engine/core/plan.ts'

/**
 * A batch that was checked and cast once, for every job of the process. It starts with one holder; each `retain` adds
 * one, each `release` takes one, and with the last its memory goes.
 */
export interface Parsed {
  readonly shape: TopicShape
  readonly batch: Batch
  /** What the shape refuses, by offset. The same bytes give the same rejects, always. */
  readonly rejects: readonly Reject[]
  retain(): void
  release(): Promise<void>
  /**
   * As `retain`, for the rows alone: once the others have let go, the batch's lines and keys are gone, and `batch` holds
   * offsets and times only. What collects many batches before it writes holds them so.
   */
  retainRows(): void
  releaseRows(): Promise<void>
}

/** The records of a parsed batch from an offset on; rejects are never in it. */
export interface Slice {
  readonly parsed: Parsed
  readonly from: number
}

export interface FilterProgram {
  readonly where?: string
  readonly clauses: readonly string[]
  readonly select?: readonly Expression[]
  /** Whether what `where` refuses is wanted, with its `reason`. */
  readonly otherwise: boolean
  /** The columns of all topics that are read: one that a slice's topic doesn't have is null to the SQL. */
  readonly columns?: readonly Column[]
}

/** Records picked from a batch: their indexes in it, ascending, and a line for each. */
export interface Picked {
  readonly indexes: Uint32Array
  readonly ndjson: Uint8Array
}

/** `in` = kept + otherwise or dropped + failed + rejects from `from` on. */
export interface Filtered {
  readonly kept: Picked
  readonly otherwise?: Picked
  readonly dropped: number
  /** Records for which the SQL itself failed (an overflow, say). */
  readonly failed: readonly Reject[]
}

export interface FileProgram {
  /** A column that a slice's shape doesn't have is null. */
  readonly columns: readonly Column[]
  readonly format: 'parquet' | 'json'
  readonly partitionBy: readonly ('dt' | 'hour')[]
}

export interface WrittenFile {
  /** `dt=2026-11-22/hour=01`, or "" without partitions. */
  readonly folder: string
  /** A local file in the transform's own folder, not fsynced; the caller takes it away. */
  readonly localFile: string
  readonly rows: number
  readonly bytes: number
}

export interface AggregateProgram {
  /** As in `FilterProgram`. */
  readonly columns?: readonly Column[]
  readonly groupBy: readonly Column[]
  readonly measures: readonly Measure[]
  readonly window?: { readonly everyMs: number; readonly time: string; readonly keepMs?: number }
}

/** The running state of one aggregate over one partition: mergeable partials (avg as sum and count). */
export interface AggregateState extends AsyncDisposable {
  /** Takes a slice in. `late`: records older than `keepMs` before the greatest time before them. */
  add(slice: Slice): Promise<{ readonly late: number }>
  /** Writes the whole state as one local Parquet file. */
  save(): Promise<WrittenFile>
}

/**
 * The data plane's SQL. One per job process; calls may overlap. Nothing that a pipeline's SQL says can read or write
 * outside the transform's own folder.
 */
export interface Transform extends AsyncDisposable {
  /** Checks and casts a batch by the casting table. Never fails for what a record holds. */
  parse(shape: TopicShape, batch: Batch): Promise<Parsed>
  filter(program: FilterProgram, slice: Slice): Promise<Filtered>
  /** How many folders (partitions) the slices would open. */
  folders(program: FileProgram, slices: readonly Slice[]): Promise<number>
  /** One local file for each folder, rows in offset order. The slices are of one topic partition, in order. */
  write(program: FileProgram, slices: readonly Slice[]): Promise<readonly WrittenFile[]>
  /**
   * One local file, its folder "", from files that `write` made, given in the order of their offsets: rows stay in that
   * order, values as they are. A column that a file doesn't have is null. The files stay; where it fails, nothing else does.
   * `signal` ends it early: CANCELLED.
   */
  concat(program: FileProgram, localFiles: readonly string[], signal?: AbortSignal): Promise<WrittenFile>
  /** The records as cast, one JSON object a line with the columns in order, and their offsets. */
  rows(
    columns: readonly Column[],
    slice: Slice,
  ): Promise<{ readonly ndjson: Uint8Array; readonly offsets: Float64Array }>
  /** A state, empty or from the local file that `save` wrote. */
  aggregate(program: AggregateProgram, localFile?: string): Promise<AggregateState>
  /** The rows of an aggregate: partials of all partitions merged, averages divided; written as one local file. */
  merge(program: AggregateProgram, localFiles: readonly string[], format: 'parquet' | 'json'): Promise<WrittenFile>
  /** Idempotent; waits for what is under way. */
  close(): Promise<void>
}
