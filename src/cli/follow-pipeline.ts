import type { PipelineStatus } from '#contract/status.ts'
import { SluiceError } from '#engine/core/sluice-error.ts'
import { fromWireError } from '#engine/core/wire-error.ts'
import type { Context } from './context.ts'
import { createProgress } from './progress.ts'
import { createTroubleTeller } from './trouble.ts'
import type { Session } from './session.ts'

export interface FollowOptions {
  readonly name: string
  /** End when it is idle. */
  readonly untilIdle?: boolean
  /** End after so long. */
  readonly forMs?: number
  /** End when this says so of a status. */
  readonly until?: (status: PipelineStatus) => boolean
}

/** Why the watching ended. */
export type Outcome = 'idle' | 'time' | 'reached' | 'interrupted' | 'ended'

/** Watches a pipeline with live progress until one of the options ends it. Throws the failure of a job that stopped for good. */
export async function followPipeline(session: Session, context: Context, options: FollowOptions): Promise<Outcome> {
  const late = new AbortController()
  const timer = options.forMs === undefined ? undefined : setTimeout(() => late.abort(), options.forMs)
  const signal = AbortSignal.any([context.signal, session.ended, late.signal])
  try {
    const reached = await watch(session, context, { ...options, signal })
    if (reached) return 'reached'
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    clearTimeout(timer)
  }
  if (context.signal.aborted) return 'interrupted'
  if (late.signal.aborted) return 'time'
  return session.ended.aborted || !options.untilIdle ? 'ended' : 'idle'
}

type Watch = FollowOptions & { readonly signal: AbortSignal }

async function watch({ client }: Session, context: Context, options: Watch): Promise<boolean> {
  const { name, untilIdle, until, signal } = options
  const progress = createProgress(context.terminal.stderr, performance.now())
  const tell = createTroubleTeller(context, progress)
  const call = untilIdle ? client.pipelines.waitIdle : client.pipelines.watch
  try {
    for await (const status of await call({ name }, { signal })) {
      if (!context.json) await progress.show(status, performance.now())
      await tell(status)
      throwFailure(status, untilIdle ? everything : exceptLater)
      if (until?.(status) === true) return true
    }
    return false
  } finally {
    await progress.clear()
  }
}

type Failure = NonNullable<PipelineStatus['failures']>[number]

const everything = (): boolean => true

/** A job of a kind that this version doesn't have is told at the end: the others have work to do until then. */
function exceptLater({ error }: Failure): boolean {
  return error.code !== 'KIND_LATER'
}

/** The first failure of a job that stopped for good, as an error. */
export function throwFailure(status: PipelineStatus, counts: (failure: Failure) => boolean = everything): void {
  const failures = (status.failures ?? []).filter(counts)
  const [first] = failures
  if (!first) return
  const { message, remedy } = first.error
  const others = failures.length > 1 ? ` (and ${failures.length - 1} more)` : ''
  throw new SluiceError('JOB_FAILED', `The job ${first.job} stopped${others}: ${message}`, {
    cause: fromWireError(first.error),
    remedy,
  })
}

/** An edge that doesn't balance is a defect, never the user's doing: it is told as an error. */
export function throwUnbalanced({ name, ledger }: PipelineStatus): void {
  if (ledger.firstUnbalanced === undefined) return
  throw new SluiceError('INTERNAL', `The ledger of ${name} does not balance, first at ${ledger.firstUnbalanced}.`, {
    remedy: `Please report it with \`sluice status ${name} --json\` and \`sluice logs ${name}\`.`,
  })
}
