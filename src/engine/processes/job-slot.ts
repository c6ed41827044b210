import type { PipelineShare } from '#engine/core/assign-jobs.ts'
import { toWireError } from '#engine/core/wire-error.ts'
import type { UnitReport } from '#engine/core/unit-states.ts'
import type { Log } from '#engine/ports/adapter.ts'
import type { ForkJobProcess, JobProcessHandle } from './job-process-handle.ts'
import type { FromJobProcess, JobProcessSetup, ToJobProcess } from './messages.ts'
import { RestartPolicy } from './restart-policy.ts'
import { diedTooOften } from './supervisor.ts'

export interface JobSlotOptions {
  readonly fork: ForkJobProcess
  readonly setup: JobProcessSetup
  readonly clock: () => number
  readonly log: Log
  readonly onUnit: (report: UnitReport) => void
  readonly onMessage: (slot: JobSlot, message: FromJobProcess) => void
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
  #process: JobProcessHandle | undefined
  #exited = Promise.withResolvers<void>()
  #restart: NodeJS.Timeout | undefined

  constructor(options: JobSlotOptions) {
    this.#options = options
    this.#policy = new RestartPolicy(options.clock)
  }

  get shares(): number {
    return this.#shares.size
  }

  get pid(): number | undefined {
    return this.#process?.pid
  }

  post(message: ToJobProcess): void {
    this.#process?.post(message)
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
    this.#exited = Promise.withResolvers<void>()
    this.#process = this.#options.fork({
      onMessage: (message) => this.#receive(message),
      onExit: (reason) => this.#died(reason),
    })
    this.post({ type: 'setup', setup: this.#options.setup })
    for (const { plan, assignment } of this.#shares.values()) this.post({ type: 'start', share: { plan, assignment } })
  }

  async #end(): Promise<void> {
    clearTimeout(this.#restart)
    this.#restart = undefined
    if (!this.#process) return
    this.post({ type: 'end' })
    await this.#exited.promise
  }

  #receive(message: FromJobProcess): void {
    if (message.type === 'started') this.#shares.get(message.pipeline)?.started.resolve()
    if (message.type === 'stopped') this.#shares.get(message.pipeline)?.stopped.resolve()
    this.#options.onMessage(this, message)
  }

  #died(reason: string): void {
    this.#process = undefined
    this.#exited.resolve()
    for (const share of this.#shares.values()) share.stopped.resolve()
    if (this.#shares.size === 0) return
    const pause = this.#policy.afterDeath()
    this.#options.log.warn({ reason, pause }, 'a job process died')
    if (pause === 'never') return this.#giveUp(reason)
    this.#restart = setTimeout(() => {
      this.#restart = undefined
      this.#spawn()
    }, pause)
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
