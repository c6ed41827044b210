import type { LedgerFacts } from '#engine/core/ledger-facts.ts'
import type { Plan } from '#engine/core/plan.ts'
import type { PipelineStatus } from '#contract/status.ts'
import { SluiceError } from '#engine/core/sluice-error.ts'
import { sleep } from '#engine/ports/sleep.ts'
import type { JobRunner, RunningPipelines } from './pipelines.ts'

/** A look reads what is durable, which costs a little: four a second are enough to watch, and near the end ten. */
const WATCH_MS = 250
const SETTLE_MS = 100

/** How the pipeline stands: at once, then whenever that changes, until aborted or stopped. */
export async function* watchPipeline(
  pipelines: RunningPipelines,
  name: string,
  signal: AbortSignal,
): AsyncGenerator<PipelineStatus> {
  const plan = await pipelines.planOf(name)
  let shown = ''
  while (!signal.aborted) {
    const { status } = await pipelines.look(plan)
    const text = JSON.stringify(status)
    if (text !== shown) yield status
    shown = text
    if (status.state === 'stopped') return
    await sleep(WATCH_MS, signal)
  }
}

/**
 * As `watchPipeline`, and ends when the pipeline is idle: finite producers have ended, every reader works and stands at the
 * end, and a second look finds the same. Once the producers have ended, open batches are committed without waiting for their age.
 * JOB_FAILED where a job stopped for good.
 */
export async function* waitUntilIdle(
  pipelines: RunningPipelines,
  jobs: JobRunner,
  { name, signal }: { readonly name: string; readonly signal: AbortSignal },
): AsyncGenerator<PipelineStatus> {
  const plan = await pipelines.planOf(name)
  let before = ''
  while (!signal.aborted) {
    const { status, facts, settled } = await pipelines.look(plan)
    yield status
    refuseFailure(status)
    const still = settled && isStill(plan, status, facts) ? JSON.stringify(status) : ''
    if (still !== '' && still === before) return
    before = still
    const ended = producersEnded(plan, facts)
    if (ended) jobs.flush(name)
    await sleep(ended ? SETTLE_MS : WATCH_MS, signal)
  }
}

function isStill(plan: Plan, status: PipelineStatus, facts: LedgerFacts): boolean {
  return !facts.moving && producersEnded(plan, facts) && status.ledger.light !== 'amber'
}

function producersEnded(plan: Plan, facts: LedgerFacts): boolean {
  return plan.producers.every(({ name }) => facts.producers[name]?.ended === true)
}

function refuseFailure({ name, state, failures }: PipelineStatus): void {
  const [first] = failures ?? []
  if (first) {
    throw new SluiceError('JOB_FAILED', `${name}: the job ${first.job} stopped for good. ${first.error.message}`, {
      remedy: first.error.remedy,
    })
  }
  if (state === 'stopped') throw new SluiceError('CANCELLED', `${name} was stopped before it became idle.`)
}
