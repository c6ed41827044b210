import type { PipelineSummary, Start } from '#contract/pipelines.ts'
import type { PipelineStatus, Status } from '#contract/status.ts'
import { assignJobs } from '#engine/core/assign-jobs.ts'
import type { PipelineShare } from '#engine/core/assign-jobs.ts'
import { ledgerOf } from '#engine/core/ledger.ts'
import type { LedgerFacts } from '#engine/core/ledger-facts.ts'
import type { Plan } from '#engine/core/plan.ts'
import { SluiceError } from '#engine/core/sluice-error.ts'
import { UnitStates } from '#engine/core/unit-states.ts'
import type { JobFailure, UnitReport } from '#engine/core/unit-states.ts'
import type { Log } from '#engine/ports/adapter.ts'
import type { Warehouse } from '#engine/ports/warehouse.ts'
import { readLedgerFacts } from './ledger-facts.ts'
import type { LedgerParts } from './ledger-facts.ts'
import { endlessProducers } from './pipeline-sources.ts'
import type { PipelineSources } from './pipeline-sources.ts'
import { refuseConflicts } from './refuse-conflicts.ts'
import type { StoredPipelines } from './stored-pipelines.ts'

/** Who runs the jobs. */
export interface JobRunner {
  start(shares: readonly PipelineShare[]): Promise<void>
  stop(pipeline: string): Promise<void>
  flush(pipeline: string): void
}

export interface PipelineParts extends LedgerParts {
  readonly engine: string
  readonly sources: PipelineSources
  readonly stored: StoredPipelines
  readonly warehouse: Warehouse
  readonly jobs: JobRunner
  /** How many job processes there may be. */
  readonly processes: number
  readonly log: Log
}

interface Running {
  readonly plan: Plan
  state: 'starting' | 'running' | 'stopping'
  readonly units: UnitStates
}

type States = Pick<PipelineStatus, 'state' | 'failures' | 'retrying'>

/** How a pipeline stands, and the facts that say so. */
export interface Look {
  readonly status: PipelineStatus
  readonly facts: LedgerFacts
  /** No job was on its way into work when the facts were read: none of them is about to change what it left half done. */
  readonly settled: boolean
}

/** Starts and stops pipelines, and knows how each stands. */
export class RunningPipelines {
  readonly #parts: PipelineParts
  readonly #running = new Map<string, Running>()
  /** What had failed for good in a pipeline's last run, by its name: it is still said once it was stopped. */
  readonly #failed = new Map<string, readonly JobFailure[]>()

  constructor(parts: PipelineParts) {
    this.#parts = parts
  }

  /** The plans that ran on this data folder, as they last did. */
  get plans(): readonly Plan[] {
    return this.#parts.stored.all.map(({ plan }) => plan)
  }

  /** Where what the jobs say of themselves arrives. */
  report(report: UnitReport): void {
    this.#running.get(report.pipeline)?.units.put(report)
  }

  async list(): Promise<PipelineSummary[]> {
    const { sources, stored } = this.#parts
    const known = await sources.list()
    const files = stored.all.filter(({ plan }) => !known.some(({ name }) => name === plan.name))
    const all = [...known, ...files.map(({ plan, file }) => ({ name: plan.name, source: 'file' as const, file }))]
    return Promise.all(
      all.map(async (source) => {
        const plan = stored.get(source.name)?.plan ?? (await sources.check(source.file)).plan
        const state = this.#running.get(source.name)?.state ?? 'stopped'
        return {
          ...source,
          title: plan?.title ?? source.name,
          summary: plan?.summary ?? 'Its file has mistakes.',
          state,
        }
      }),
    )
  }

  async start({ pipeline, rate, count, untilIdle }: Start): Promise<{ name: string }> {
    const { sources, stored } = this.#parts
    const overrides = { ...(rate !== undefined && { rate }), ...(count !== undefined && { count }) }
    const { file, plan } = await sources.plan(pipeline, overrides)
    const endless = endlessProducers(plan)
    if (untilIdle && endless.length > 0) {
      throw new SluiceError('USAGE', `${plan.name} never becomes idle: ${endless.join(', ')} goes on without end.`, {
        remedy: 'Use `--for 30s` instead, or end it with `--count`.',
      })
    }
    if (this.#running.has(plan.name)) return { name: plan.name }
    refuseConflicts(
      plan,
      [...this.#running.values()].map((running) => running.plan),
    )
    await stored.put({ file, plan, wanted: true })
    await this.#run(plan)
    return { name: plan.name }
  }

  /** Starts what should run, as it ran. One that can't is said in the log; the others go on. */
  async resume(): Promise<void> {
    for (const { plan } of this.#parts.stored.all.filter(({ wanted }) => wanted)) {
      await this.#run(plan).catch((error: unknown) =>
        this.#parts.log.error({ err: error, pipeline: plan.name }, 'could not be resumed'),
      )
    }
  }

  async stop(name: string): Promise<{ name: string }> {
    const { jobs, stored } = this.#parts
    const running = this.#running.get(name)
    await stored.setWanted(name, false)
    if (!running) {
      await this.planOf(name)
      return { name }
    }
    running.state = 'stopping'
    const { failures } = running.units
    await jobs.stop(name)
    this.#failed.set(name, failures)
    this.#running.delete(name)
    return { name }
  }

  isRunning(name: string): boolean {
    return this.#running.has(name)
  }

  async status(name?: string): Promise<Status> {
    const plans = name === undefined ? this.plans : [await this.planOf(name)]
    const pipelines = await Promise.all(plans.map(async (plan) => (await this.look(plan)).status))
    return { engine: this.#parts.engine, pipelines }
  }

  async look(plan: Plan): Promise<Look> {
    const settled = this.#running.get(plan.name)?.units.settled ?? true
    const facts = await readLedgerFacts(plan, this.#parts)
    const ledger = ledgerOf(plan, facts)
    return { facts, settled, status: { name: plan.name, ...this.#statesOf(plan.name), ledger } }
  }

  /** The plan as it runs or last ran; else as its file says. PIPELINE_UNKNOWN. */
  async planOf(name: string): Promise<Plan> {
    return (
      this.#running.get(name)?.plan ?? this.#parts.stored.get(name)?.plan ?? (await this.#parts.sources.plan(name)).plan
    )
  }

  #statesOf(name: string): States {
    const running = this.#running.get(name)
    if (running) return statesOf(running)
    const failures = this.#failed.get(name) ?? []
    return { state: 'stopped', ...(failures.length > 0 && { failures: [...failures] }) }
  }

  async #run(plan: Plan): Promise<void> {
    const { jobs, processes } = this.#parts
    const running: Running = { plan, state: 'starting', units: new UnitStates() }
    this.#running.set(plan.name, running)
    try {
      await this.#prepare(plan)
      const assignments = assignJobs(plan, processes)
      await jobs.start(assignments.map((assignment) => ({ plan, assignment })))
      running.state = 'running'
    } catch (error) {
      this.#running.delete(plan.name)
      throw error
    }
  }

  async #prepare(plan: Plan): Promise<void> {
    const { broker, warehouse } = this.#parts
    for (const { topic, partitions, retention, external } of plan.topics) {
      if (external) await broker.describeTopics([topic])
      else await broker.ensureTopic(topic, { partitions, ...(retention && { retention }) })
    }
    for (const table of plan.tables) await warehouse.ensureTable(table)
  }
}

function statesOf({ state, units }: Running): States {
  const { failures, retrying } = units
  return {
    state: state === 'running' ? units.state : state,
    ...(failures.length > 0 && { failures }),
    ...(retrying.length > 0 && { retrying }),
  }
}
