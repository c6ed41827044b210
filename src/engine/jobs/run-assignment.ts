import { readersOf } from '#engine/core/assign-jobs.ts'
import type { Assignment } from '#engine/core/assign-jobs.ts'
import type { Plan } from '#engine/core/plan.ts'
import type { Log } from '#engine/ports/adapter.ts'
import type { TopicDescription } from '#engine/ports/broker.ts'
import { closeAge } from './close-age.ts'
import type { CloseAge } from './close-age.ts'
import type { JobParts } from './job-parts.ts'
import { keepRunning } from './keep-running.ts'
import type { Attempt, JobState } from './keep-running.ts'
import { openReader, onDataLossOf } from './open-reader.ts'
import { runProducer } from './produce.ts'
import { runReader } from './run-reader.ts'
import { SharedPartition } from './shared-partition.ts'
import { openWakeups } from './wakeups.ts'
import type { Wakeups } from './wakeups.ts'

/** At most this much is read, parsed and shared at a time. */
const LIMITS = { maxRecords: 20_000, maxBytes: 8 * 1024 * 1024 }

const DRAIN_MS = 1_000

export interface RunOptions {
  readonly plan: Plan
  readonly assignment: Assignment
  readonly parts: JobParts
  readonly logOf: (job: string) => Log
  /** `unit`: the producer's name, or the one partition of a reader ("space_data/1"). */
  readonly report: (job: string, unit: string, state: JobState) => void
}

/** The jobs of a pipeline that run in this process. */
export interface AssignmentRun {
  /** For a second from now, readers commit their open batch when they stand at the end. */
  flush(): void
  /** Ends every job after its open batch. Idempotent. */
  stop(): Promise<void>
}

/** Starts the assignment's producers and readers. The topics are there already. */
export async function runAssignment(options: RunOptions): Promise<AssignmentRun> {
  const { assignment, parts } = options
  const topics = await parts.broker.describeTopics(assignment.topics)
  const wakeups = openWakeups(parts.broker, assignment.topics)
  const runner = new Runner(options, wakeups)
  const running = [...runner.producers(), ...topics.flatMap((topic) => runner.readers(topic))]
  return {
    flush: () => runner.flush(),
    async stop() {
      runner.abort()
      await Promise.all(running)
      await wakeups[Symbol.asyncDispose]()
    },
  }
}

interface ReadAt {
  readonly topic: string
  readonly partition: number
  readonly shared: SharedPartition
  readonly started: () => void
}

class Runner {
  readonly #options: RunOptions
  readonly #wakeups: Wakeups
  readonly #ended = new AbortController()
  /** By sink: all its partitions grow old together. */
  readonly #ages = new Map<string, CloseAge>()
  #drainUntil = 0

  constructor(options: RunOptions, wakeups: Wakeups) {
    this.#options = options
    this.#wakeups = wakeups
  }

  abort(): void {
    this.#ended.abort()
  }

  flush(): void {
    this.#drainUntil = this.#options.parts.clock() + DRAIN_MS
    this.#wakeups.wakeAll()
  }

  producers(): Promise<void>[] {
    const { plan, assignment, parts, logOf } = this.#options
    const mine = plan.producers.filter(({ name }) => assignment.producers.includes(name))
    return mine.map((producer) =>
      this.#keepRunning(producer.name, producer.name, (started) => {
        started()
        return runProducer({ plan, producer, parts, log: logOf(producer.name), signal: this.#ended.signal })
      }),
    )
  }

  readers(topic: TopicDescription): Promise<void>[] {
    const { plan, parts } = this.#options
    const shape = plan.topics.find((declared) => declared.topic === topic.name)
    if (!shape) return []
    return topic.partitions.flatMap(({ partition }) => {
      const shared = new SharedPartition({ ...parts, shape, partition, limits: LIMITS })
      return readersOf(plan, topic.name).map((job) =>
        this.#keepRunning(job, `${topic.name}/${partition}`, (started) =>
          this.#read(job, { topic: topic.name, partition, shared, started }),
        ),
      )
    })
  }

  async #read(job: string, at: ReadAt): Promise<void> {
    const { plan, parts, logOf } = this.#options
    const log = logOf(job)
    await using reader = await openReader({ plan, job, ...at, parts, age: this.#ageOf(job), log })
    at.started()
    await runReader({
      ...parts,
      id: job,
      topic: at.topic,
      partition: at.partition,
      onDataLoss: onDataLossOf(plan, job),
      reader,
      shared: at.shared,
      wakeups: this.#wakeups,
      draining: () => parts.clock() < this.#drainUntil,
      signal: this.#ended.signal,
    })
  }

  #ageOf(job: string): CloseAge {
    const { plan, parts } = this.#options
    const fixed = plan.lakeSinks.find(({ name }) => name === job)?.close.ageMs
    const age = this.#ages.get(job) ?? closeAge(parts.closeAgeMs, fixed)
    this.#ages.set(job, age)
    return age
  }

  #keepRunning(job: string, unit: string, attempt: Attempt): Promise<void> {
    const { parts, logOf, report } = this.#options
    const { clock, random } = parts
    return keepRunning(attempt, {
      log: logOf(job),
      signal: this.#ended.signal,
      clock,
      random,
      report: (state) => report(job, unit, state),
    })
  }
}
