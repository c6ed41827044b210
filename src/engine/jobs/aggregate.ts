import { faultPoint } from '#engine/core/fault-point.ts'
import type { AggregatePlan, Plan } from '#engine/core/plan.ts'
import { aggregatePositionSchema, parsePosition } from '#engine/core/positions.ts'
import { SluiceError } from '#engine/core/sluice-error.ts'
import { aggregateStatePath } from '#engine/core/state-path.ts'
import type { Log } from '#engine/ports/adapter.ts'
import type { Broker } from '#engine/ports/broker.ts'
import type { Lake } from '#engine/ports/lake.ts'
import type { AggregateProgram, AggregateState, Slice, Transform } from '#engine/ports/transform.ts'
import { aggregateProgram } from './aggregate-program.ts'
import { fileResults } from './aggregate-results.ts'
import type { CommitLog } from './commit-log-runner.ts'
import { withLocalCopies } from './local-copies.ts'
import { openSinkLog } from './open-sink-log.ts'
import { OpenSlices } from './open-slices.ts'
import type { PartitionReader } from './partition-reader.ts'
import { standingFiles } from './standing-files.ts'

/** How old a change may get before the state is saved, in milliseconds: results are to be at most a second behind. */
const SAVE_MS = 500

export interface AggregateOptions {
  readonly pipeline: Plan
  readonly plan: AggregatePlan
  readonly topic: string
  readonly partition: number
  readonly broker: Broker
  readonly lake: Lake
  readonly transform: Transform
  /** Of this process, for copies of state files. */
  readonly tempFolder: string
  readonly clock: () => number
  readonly newId: () => string
  readonly log: Log
}

interface Opened {
  readonly program: AggregateProgram
  readonly commitLog: CommitLog
  readonly state: AggregateState
  readonly late: number
}

/**
 * Opens an aggregate on one partition. Its state is a file of its own commit log, each entry's replacing the one before,
 * so that another process can take over and everyone can read it.
 */
export async function openAggregate(options: AggregateOptions): Promise<PartitionReader> {
  const { pipeline, plan, topic, partition, broker, lake, transform, tempFolder } = options
  const program = aggregateProgram(pipeline, plan)
  const path = aggregateStatePath(pipeline.name, plan.name)
  const commitLog = await openSinkLog({ ...options, path, format: 'parquet', columns: [] })
  const [newest] = (await standingFiles(lake, { path, topic, partition })).toSorted((a, b) => b.n - a.n)
  const paths = newest ? [`${path}/${newest.path}`] : []
  const state = await withLocalCopies(lake, { paths, folder: tempFolder }, ([file]) =>
    transform.aggregate(program, file),
  )
  // A predecessor may have died between its state and the results made from it.
  if (newest && plan.lake) await fileResults({ ...options, program, to: plan.lake })
  const position = await broker.position(plan.group, topic, partition)
  const { late } = parsePosition(position?.metadata, aggregatePositionSchema, plan.group)
  return new Aggregate(options, { program, commitLog, state, late })
}

class Aggregate implements PartitionReader {
  readonly #options: AggregateOptions
  readonly #opened: Opened
  #open: OpenSlices
  #late: number
  /** Of the records that are open: they count as rejected in the log, for no group has them. */
  #lateOpen = 0

  constructor(options: AggregateOptions, opened: Opened) {
    this.#options = options
    this.#opened = opened
    this.#open = new OpenSlices(opened.commitLog.at.last + 1)
    this.#late = opened.late
  }

  get next(): number {
    return this.#open.next
  }

  get due(): number {
    return this.#open.since + SAVE_MS
  }

  async take(slice: Slice): Promise<void> {
    const { late } = await this.#opened.state.add(slice)
    this.#lateOpen += late
    this.#open.add(slice, this.#options.clock())
    await this.#open.release()
  }

  async tick(now: number): Promise<void> {
    if (now >= this.due) await this.flush()
  }

  async flush(): Promise<void> {
    if (this.#open.empty) return
    const { plan, topic } = this.#options
    const { commitLog, state } = this.#opened
    faultPoint('aggregate-save', 'before')
    const saved = await state.save()
    const { first, next, rejected, lost, print, taken } = this.#open
    const refused = rejected + this.#lateOpen
    const removes = (await this.#stateFiles()).map(({ path }) => path)
    const counts = { first, last: next - 1, rows: taken - refused, rejected: refused, lost, print }
    const done = await commitLog.commit({ ...counts, files: [saved], removes })
    if (done === 'fenced')
      throw new SluiceError('FENCED', `saving the state of ${plan.name} over ${topic}`, { retryable: true })
    faultPoint('aggregate-save', 'after')
    this.#late += this.#lateOpen
    this.#lateOpen = 0
    this.#open = new OpenSlices(next)
    await this.#tell(next)
  }

  lose(low: number): void {
    this.#open.lose(low, this.#options.clock())
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#opened.state[Symbol.asyncDispose]()
    await this.#opened.commitLog.close()
  }

  #stateFiles() {
    const { pipeline, plan, topic, partition, lake } = this.#options
    return standingFiles(lake, { path: aggregateStatePath(pipeline.name, plan.name), topic, partition })
  }

  /** The group's offset, a hint for lag; then the results, from the states of all partitions. */
  async #tell(next: number): Promise<void> {
    const { broker, plan, topic, partition } = this.#options
    faultPoint('offset-stored')
    await broker.commit([{ group: plan.group, topic, partition, next, metadata: JSON.stringify({ late: this.#late }) }])
    if (plan.lake) await fileResults({ ...this.#options, program: this.#opened.program, to: plan.lake })
  }
}
