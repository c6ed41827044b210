import { isSluiceError, SluiceError } from '#engine/core/sluice-error.ts'
import { faultPoint } from '#engine/core/fault-point.ts'
import type { Broker } from '#engine/ports/broker.ts'
import type { PartitionReader } from './partition-reader.ts'
import type { SharedPartition } from './shared-partition.ts'
import type { Wakeups } from './wakeups.ts'

const IDLE_MS = 1_000

export interface ReaderRun {
  readonly id: string
  readonly topic: string
  readonly partition: number
  readonly onDataLoss: 'continue' | 'fail'
  readonly reader: PartitionReader
  readonly shared: SharedPartition
  readonly broker: Broker
  readonly wakeups: Wakeups
  readonly clock: () => number
  /** Whether an open batch is to be committed as soon as the end is reached. */
  readonly draining: () => boolean
  readonly signal: AbortSignal
}

/** Runs a reader until the signal aborts, then commits its open batch. Rejects with what stopped it. */
export async function runReader(run: ReaderRun): Promise<void> {
  run.shared.join(run.id, run.reader.next)
  try {
    while (!run.signal.aborted) await step(run)
    await run.reader.flush()
  } finally {
    await run.shared.leave(run.id)
  }
}

async function step(run: ReaderRun): Promise<void> {
  const { reader } = run
  const since = run.wakeups.mark(run.topic)
  const slice = await takeNext(run)
  if (slice) {
    faultPoint('poll')
    try {
      await reader.take(slice)
    } finally {
      await slice.parsed.release()
    }
  }
  if (reader.due <= run.clock()) await reader.tick(run.clock())
  if (!slice && run.draining()) await reader.flush()
  if (!slice) await run.wakeups.wait(run.topic, { since, ms: waitMs(run), signal: run.signal })
}

function waitMs(run: ReaderRun): number {
  return Math.max(0, Math.min(IDLE_MS, run.reader.due - run.clock()))
}

/** The next records; where retention has taken them, the pipeline's `on_data_loss` decides. */
async function takeNext(run: ReaderRun): Promise<Awaited<ReturnType<SharedPartition['take']>>> {
  try {
    return await run.shared.take(run.id, run.reader.next)
  } catch (error) {
    if (!isSluiceError(error, 'OFFSET_OUT_OF_RANGE')) throw error
    await skipLost(run, error)
    return undefined
  }
}

async function skipLost(run: ReaderRun, cause: SluiceError): Promise<void> {
  const [topic] = await run.broker.describeTopics([run.topic])
  const partition = topic?.partitions[run.partition]
  if (!partition || run.reader.next > partition.high || run.onDataLoss === 'fail') {
    throw new SluiceError(
      'OFFSET_OUT_OF_RANGE',
      `${run.id} reading ${run.topic}/${run.partition} from ${run.reader.next}`,
      {
        cause,
        remedy: 'Reset this reader, or set `on_data_loss: continue` to go on behind what is lost.',
      },
    )
  }
  run.reader.lose(partition.low)
}
