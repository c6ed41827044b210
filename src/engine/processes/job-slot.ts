import type { PipelineShare } from '#engine/core/assign-jobs.ts'
import { SluiceError } from '#engine/core/sluice-error.ts'
import { toWireError } from '#engine/core/wire-error.ts'
import type { UnitReport } from '#engine/core/unit-states.ts'
import type { Log } from '#engine/ports/adapter.ts'
import type { ForkJobProcess, JobProcessHandle } from './job-process-handle.ts'
import type { FromJobProcess, JobProcessSetup, ToJobProcess } from './messages.ts'
import { RestartPolicy } from './restart-policy.ts'

export interface JobSlotOptions {
  readonly fork: ForkJobProcess
  readonly setup: JobProcessSetup
  readonly clock: () => number
  readonly log: Log
  readonly onUnit: (report: UnitReport) => void
  readonly onMessage: (slot: JobSlot, message: FromJobProcess) => void
}

interface RunningProcess {
  readonly handle: JobProcessHandle
  readonly exited: Promise<void>
}

interface Waiting {
  readonly started: PromiseWithResolvers<void>
  readonly stopped: PromiseWithResolvers<void>
}

/** A place for one job process: forked with its first share, forked again when it dies, ended with its last share. */
export class JobSlot {
  readonly #options: JobSlotOptions
  readonly #policy: RestartPolicy
  readonly #shares = new Map<string, PipelineShare & Waiting>()
  /** What each unit said last. */
  readonly #units = new Map<string, UnitReport>()
  #process: RunningProcess | undefined
  #restart: NodeJS.Timeout | undefined

  constructor(options: JobSlotOptions) {
    this.#options = options
    this.#policy = new RestartPolicy(options.clock)
  }

  get shares(): number {
    return this.#shares.size
  }

  get pid(): number | undefined {
    return this.#process?.handle.pid
  }

  post(message: ToJobProcess): void {
    this.#process?.handle.post(message)
  }

  start(share: PipelineShare): Promise<void> {
    const running = { ...share, started: Promise.withResolvers<void>(), stopped: Promise.withResolvers<void>() }
    this.#shares.set(share.plan.name, running)
    if (this.#process) this.post({ type: 'start', share })
    else if (!this.#restart) this.#spawn()
    return running.started.promise
  }

  async stop(pipeline: string): Promise<void> {
    const share = this.#shares.get(pipeline)
    if (!share) return
    if (this.#process) {
      this.post({ type: 'stop', pipeline })
      await share.stopped.promise
    }
    this.#shares.delete(pipeline)
    if (this.#shares.size === 0) await this.#end()
  }

  flush(pipeline: string): void {
    if (this.#shares.has(pipeline)) this.post({ type: 'flush', pipeline })
  }

  async close(): Promise<void> {
    await Promise.all(Array.from(this.#shares.keys(), (pipeline) => this.stop(pipeline)))
    await this.#end()
  }

  #spawn(): void {
    const { fork, setup } = this.#options
    const exited = Promise.withResolvers<void>()
    const handle = fork({
      onMessage: (message) => this.#receive(message),
      onExit: (reason) => {
        exited.resolve()
        if (this.#process?.handle === handle) this.#died(reason)
      },
    })
    this.#process = { handle, exited: exited.promise }
    this.post({ type: 'setup', setup })
    for (const { plan, assignment } of this.#shares.values()) this.post({ type: 'start', share: { plan, assignment } })
  }

  /** From here on the slot has no process: a share that comes while this one ends gets another. */
  async #end(): Promise<void> {
    clearTimeout(this.#restart)
    this.#restart = undefined
    const ending = this.#process
    this.#process = undefined
    ending?.handle.post({ type: 'end' })
    await ending?.exited
  }

  #receive(message: FromJobProcess): void {
    if (message.type === 'started') this.#shares.get(message.pipeline)?.started.resolve()
    if (message.type === 'stopped') this.#shares.get(message.pipeline)?.stopped.resolve()
    if (message.type === 'unit')
      this.#units.set(
        JSON.stringify([message.report.pipeline, message.report.job, message.report.unit]),
        message.report,
      )
    this.#options.onMessage(this, message)
  }

  #died(reason: string): void {
    this.#process = undefined
    for (const share of this.#shares.values()) share.stopped.resolve()
    if (this.#shares.size === 0) return
    const pause = this.#policy.afterDeath()
    this.#options.log.warn({ reason, pause }, 'a job process died')
    this.#tellUnits(reason)
    if (pause === 'never') return this.#giveUp(reason)
    this.#restart = setTimeout(() => {
      this.#restart = undefined
      this.#spawn()
    }, pause)
  }

  /** What ran there does so no more: until another process says otherwise. */
  #tellUnits(reason: string): void {
    const error = toWireError(
      new SluiceError('JOB_FAILED', `Its process died (${reason}); another one goes on.`, { retryable: true }),
    )
    for (const report of this.#units.values()) {
      if (this.#shares.has(report.pipeline) && report.state !== 'failed')
        this.#options.onUnit({ ...report, state: 'retrying', error })
    }
    this.#units.clear()
  }

  #giveUp(reason: string): void {
    const error = toWireError(diedTooOften(reason))
    for (const { plan, assignment, started } of this.#shares.values()) {
      started.resolve()
      const jobs = [...assignment.producers, ...assignment.topics]
      for (const job of jobs) this.#options.onUnit({ pipeline: plan.name, job, unit: job, state: 'failed', error })
    }
  }
}

/** What a process that dies again and again leaves its jobs with. */
function diedTooOften(reason: string): SluiceError {
  return new SluiceError('JOB_FAILED', `Its process died five times in a row (${reason}).`, {
    remedy: 'See `sluice logs`, then stop and start the pipeline.',
  })
}
