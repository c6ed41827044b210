import { faultPoint } from '#engine/core/fault-point.ts'
import type { LakeSinkPlan } from '#engine/core/plan.ts'
import { SluiceError } from '#engine/core/sluice-error.ts'
import type { Log } from '#engine/ports/adapter.ts'
import type { Broker } from '#engine/ports/broker.ts'
import type { Lake } from '#engine/ports/lake.ts'
import type { FileProgram, Slice, Transform } from '#engine/ports/transform.ts'
import type { CloseAge } from './close-age.ts'
import type { CommitLog } from './commit-log-runner.ts'
import { EndedFolders } from './ended-folders.ts'
import { openSinkLog } from './open-sink-log.ts'
import { OpenSlices } from './open-slices.ts'
import type { PartitionReader } from './partition-reader.ts'

/** A batch that would open more folders than this collects up to MORE times the rows, or the age, first. */
const MANY_FOLDERS = 64
const MORE = 8

export interface LakeSinkOptions {
  readonly plan: LakeSinkPlan
  readonly topic: string
  readonly partition: number
  readonly broker: Broker
  readonly lake: Lake
  readonly transform: Transform
  /** Of the transform. */
  readonly tempFolder: string
  readonly age: CloseAge
  readonly clock: () => number
  readonly newId: () => string
  readonly log: Log
}

/**
 * Opens a lake sink on one partition. A retryable FENCED stops it when another writer took its log: it is to be opened
 * anew, after a jittered pause, only while the partition is still its own.
 */
export async function openLakeSink(options: LakeSinkOptions): Promise<PartitionReader> {
  return new LakeSink(options, await openSinkLog({ ...options.plan, ...options }))
}

class LakeSink implements PartitionReader {
  readonly #options: LakeSinkOptions
  readonly #program: FileProgram
  readonly #commitLog: CommitLog
  readonly #ended: EndedFolders
  #open: OpenSlices
  /** One commit at a time runs beside the next batch being collected. It never rejects: `#failure` is raised by whoever comes next. */
  #committing: Promise<void> = Promise.resolve()
  #failure: Error | undefined
  #more = 1

  constructor(options: LakeSinkOptions, commitLog: CommitLog) {
    const { columns, format, partitionBy, path } = options.plan
    const program = { columns, format, partitionBy }
    this.#options = options
    this.#commitLog = commitLog
    this.#program = program
    this.#ended = new EndedFolders({
      ...options,
      name: { ...options, path },
      program,
      commitLog,
      onFailure: (error) => this.#fail(error),
    })
    this.#open = new OpenSlices(commitLog.at.last + 1)
  }

  get next(): number {
    return this.#open.next
  }

  get due(): number {
    return this.#failure === undefined ? Math.min(this.#ripe, this.#ended.due) : -Infinity
  }

  async take(slice: Slice): Promise<void> {
    this.#raise()
    this.#open.add(slice, this.#options.clock())
    const { rows, bytes } = this.#options.plan.close
    if (this.#open.rows >= rows * this.#more || this.#open.bytes >= bytes * this.#more) await this.#close()
  }

  async tick(now: number): Promise<void> {
    this.#raise()
    this.#ended.look(now)
    if (now >= this.#ripe) await this.#close()
  }

  async flush(): Promise<void> {
    this.#more = MORE
    await this.#close()
    await this.#committing
    this.#raise()
  }

  lose(low: number): void {
    this.#open.lose(low, this.#options.clock())
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#ended[Symbol.asyncDispose]()
    await this.#committing
    await this.#open.release()
    await this.#commitLog.close()
  }

  /** When the open batch is too old. */
  get #ripe(): number {
    return this.#open.since + this.#options.age.ageMs(this.#options.clock()) * this.#more
  }

  #fail(error: unknown): void {
    this.#failure ??= error instanceof Error ? error : new Error(String(error))
  }

  #raise(): void {
    if (this.#failure !== undefined) throw this.#failure
  }

  /** Hands the open batch to a commit that runs beside the next one; waits for the commit before it. */
  async #close(): Promise<void> {
    if (this.#open.empty) return
    await this.#committing
    this.#raise()
    if (this.#more < MORE && (await this.#options.transform.folders(this.#program, this.#open.slices)) > MANY_FOLDERS) {
      this.#more = MORE
      return
    }
    const closed = this.#open
    this.#open = new OpenSlices(closed.next)
    this.#more = 1
    this.#committing = this.#commit(closed).catch((error: unknown) => this.#fail(error))
  }

  async #commit(closed: OpenSlices): Promise<void> {
    try {
      const { plan, transform, age, clock, topic, log } = this.#options
      faultPoint('transform')
      const files = await transform.write(this.#program, closed.slices)
      const { first, next, rejected, lost, print, rows } = closed
      const done = await this.#commitLog.commit({ first, last: next - 1, rows, rejected, lost, print, files })
      if (done === 'fenced') throw new SluiceError('FENCED', `filing ${topic} to ${plan.path}`, { retryable: true })
      age.filed(files.length, clock())
      this.#ended.filed(files.map(({ folder }) => folder))
      log.debug({ topic, first, next, rows, files: files.length }, 'filed')
      await this.#hint(next)
    } finally {
      await closed.release()
    }
  }

  /** The group's offset is a hint for lag: the log is the truth. */
  async #hint(next: number): Promise<void> {
    const { broker, plan, topic, partition } = this.#options
    faultPoint('offset-stored')
    await broker.commit([{ group: plan.group, topic, partition, next, metadata: '' }])
  }
}
