import type { LogLine } from '#contract/pipelines.ts'
import type { WireError } from '#contract/wire-error.ts'
import type { Database } from '#engine/ports/database.ts'
import type { PipelineShare } from '#engine/core/assign-jobs.ts'
import type { UnitReport } from '#engine/core/unit-states.ts'

/** Where a job process finds the engine's parts. Paths are absolute. */
export interface JobProcessSetup {
  readonly brokerFile: string
  readonly lakeRoot: string
  /** The process makes a folder of its own in it. */
  readonly tempFolder: string
  readonly duckdb: { readonly threads: number; readonly memoryLimitMb: number }
  /** Age at which an open batch of a lake sink closes at first, in milliseconds. */
  readonly closeAgeMs: number
}

/** A call of the database, which a job process makes through the engine, which alone has it open. */
export type DatabaseCall = {
  [M in 'ensureTable' | 'position' | 'insert']: { readonly method: M; readonly args: Parameters<Database[M]> }
}['ensureTable' | 'position' | 'insert']

export type ToJobProcess =
  | { readonly type: 'setup'; readonly setup: JobProcessSetup }
  | { readonly type: 'start'; readonly share: PipelineShare }
  | { readonly type: 'stop'; readonly pipeline: string }
  /** Commit open batches now: nothing more is to come. */
  | { readonly type: 'flush'; readonly pipeline: string }
  /** Exit: every share has been stopped. */
  | { readonly type: 'end' }
  | { readonly type: 'answer'; readonly id: number; readonly value?: unknown; readonly error?: WireError }

export type FromJobProcess =
  | { readonly type: 'ready' }
  | { readonly type: 'started'; readonly pipeline: string }
  | { readonly type: 'stopped'; readonly pipeline: string }
  | { readonly type: 'unit'; readonly report: UnitReport }
  | { readonly type: 'log'; readonly line: LogLine }
  | { readonly type: 'call'; readonly id: number; readonly call: DatabaseCall }

/** Whether what arrived is a message: both ends are of one version, so that its type tells all. */
export function isToJobProcess(message: unknown): message is ToJobProcess {
  return typeof message === 'object' && message !== null && 'type' in message
}

export function isFromJobProcess(message: unknown): message is FromJobProcess {
  return typeof message === 'object' && message !== null && 'type' in message
}
