import type { LogLine } from '#contract/pipelines.ts'
import type { PipelineShare } from '#engine/core/assign-jobs.ts'
import { toWireError } from '#engine/core/wire-error.ts'
import type { UnitReport } from '#engine/core/unit-states.ts'
import type { Log } from '#engine/ports/adapter.ts'
import type { Database } from '#engine/ports/database.ts'
import type { ForkJobProcess } from './job-process-handle.ts'
import { JobSlot } from './job-slot.ts'
import type { DatabaseCall, FromJobProcess, JobProcessSetup } from './messages.ts'

export interface SupervisorOptions {
  readonly fork: ForkJobProcess
  readonly setup: JobProcessSetup
  /** At most so many job processes. */
  readonly processes: number
  /** Opened when the first job needs it. */
  readonly database: () => Promise<Database>
  readonly clock: () => number
  readonly log: Log
  readonly onLog: (line: LogLine) => void
  readonly onUnit: (report: UnitReport) => void
}

/** Runs shares of pipelines in job processes, and runs them again when a process dies. */
export class Supervisor implements AsyncDisposable {
  readonly #options: SupervisorOptions
  readonly #slots: readonly JobSlot[]

  constructor(options: SupervisorOptions) {
    this.#options = options
    this.#slots = Array.from(
      { length: options.processes },
      () => new JobSlot({ ...options, onMessage: (slot, message) => this.#receive(slot, message) }),
    )
  }

  /** How many job processes run. */
  get running(): readonly number[] {
    return this.#slots.flatMap(({ pid }) => (pid === undefined ? [] : [pid]))
  }

  /** Resolves when every share has started: its jobs run, or have said why they can't. */
  async start(shares: readonly PipelineShare[]): Promise<void> {
    const bySlack = [...this.#slots].sort((a, b) => a.shares - b.shares)
    await Promise.all(shares.flatMap((share, index) => bySlack[index % bySlack.length]?.start(share) ?? []))
  }

  /** Resolves when every job of the pipeline has finished its open batch. */
  async stop(pipeline: string): Promise<void> {
    await Promise.all(this.#slots.map((slot) => slot.stop(pipeline)))
  }

  /** Open batches of the pipeline are committed as soon as their readers stand at the end. */
  flush(pipeline: string): void {
    for (const slot of this.#slots) slot.flush(pipeline)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#slots.map((slot) => slot.close()))
  }

  #receive(slot: JobSlot, message: FromJobProcess): void {
    if (message.type === 'log') this.#options.onLog(message.line)
    if (message.type === 'unit') this.#options.onUnit(message.report)
    if (message.type === 'call') void this.#answer(slot, message)
  }

  async #answer(slot: JobSlot, { id, call }: { readonly id: number; readonly call: DatabaseCall }): Promise<void> {
    try {
      slot.post({ type: 'answer', id, value: await callDatabase(await this.#options.database(), call) })
    } catch (error) {
      slot.post({ type: 'answer', id, error: toWireError(error) })
    }
  }
}

function callDatabase(database: Database, call: DatabaseCall): Promise<unknown> {
  switch (call.method) {
    case 'ensureTable':
      return database.ensureTable(...call.args)
    case 'position':
      return database.position(...call.args)
    case 'insert':
      return database.insert(...call.args)
  }
}
