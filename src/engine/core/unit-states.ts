import type { PipelineState } from '#contract/status.ts'
import type { WireError } from '#contract/wire-error.ts'

/** One job on one partition (or one producer), as its process reported it last. */
export interface UnitReport {
  readonly pipeline: string
  /** The job's name; `<topic>.checker` for a checker. */
  readonly job: string
  /** The partition ("space_data/1"), or the producer's name. */
  readonly unit: string
  /** `starting`: it takes over what it left the last time; `running`: it has. */
  readonly state: 'starting' | 'running' | 'retrying' | 'ended' | 'failed'
  readonly error?: WireError
}

export interface JobFailure {
  readonly job: string
  readonly error: WireError
}

/** What the jobs of a pipeline last said of themselves. */
export class UnitStates {
  readonly #reports = new Map<string, UnitReport>()

  put(report: UnitReport): void {
    this.#reports.set(`${report.job} ${report.unit}`, report)
  }

  /** Nobody is on the way into work: each runs, has ended, or has failed for good. */
  get settled(): boolean {
    return [...this.#reports.values()].every(({ state }) => state !== 'starting' && state !== 'retrying')
  }

  /** The jobs that stopped for good, each once, with its first partition's reason. */
  get failures(): JobFailure[] {
    return this.#errors('failed')
  }

  /** The jobs that are to be tried again, with why they stopped. */
  get retrying(): JobFailure[] {
    return this.#errors('retrying')
  }

  /** `failed` once nothing goes on any more. */
  get state(): PipelineState {
    const states = [...this.#reports.values()].map(({ state }) => state)
    return states.length > 0 && states.every((state) => state === 'failed') ? 'failed' : 'running'
  }

  #errors(state: UnitReport['state']): JobFailure[] {
    const jobs = new Map<string, JobFailure>()
    for (const report of this.#reports.values()) {
      if (report.state === state && report.error && !jobs.has(report.job))
        jobs.set(report.job, { job: report.job, error: report.error })
    }
    return [...jobs.values()]
  }
}
