import { faultPoint } from '#engine/core/fault-point.ts'
import type { Plan, ProducerPlan } from '#engine/core/plan.ts'
import { parsePosition, producerPositionSchema } from '#engine/core/positions.ts'
import type { ProducerPosition } from '#engine/core/positions.ts'
import { routeRecords } from '#engine/core/route-records.ts'
import type { Log } from '#engine/ports/adapter.ts'
import type { Writer } from '#engine/ports/broker.ts'
import type { Pulled, RecordSource } from '#engine/ports/producer.ts'
import { sleep } from '#engine/ports/sleep.ts'
import type { JobParts } from './job-parts.ts'

/** One transaction of a producer that is as fast as it can be; one with a rate gives what is due. */
const LIMITS = { records: 30_000, bytes: 8 * 1024 * 1024 }
/** A source that says nothing of when it goes on is asked again after this. Milliseconds. */
const LONGEST_WAIT_MS = 1_000

export interface RunProducer {
  readonly plan: Plan
  readonly producer: ProducerPlan
  readonly parts: JobParts
  readonly log: Log
  readonly signal: AbortSignal
}

/**
 * Appends what the source gives until it ends or the signal aborts. Records and position are one transaction, so that a
 * record is appended once whatever dies; the only writer of its id.
 */
export async function runProducer(run: RunProducer): Promise<void> {
  const { producer, parts } = run
  await using writer = await parts.broker.openWriter(producer.group)
  const committed = await parts.broker.position(producer.group, producer.to, 0)
  const at = parsePosition(committed?.metadata, producerPositionSchema, producer.group)
  if (at.ended) return
  await using source = await openSource(run, at)
  await new Production(run, writer, at).all(source)
}

async function openSource(
  { plan, producer, parts, log, signal }: RunProducer,
  at: ProducerPosition,
): Promise<RecordSource> {
  const topic = plan.topics.find((declared) => declared.topic === producer.to)
  return parts.producerKind(producer.kind).open(producer.settings, {
    topic: producer.to,
    columns: topic?.columns ?? [],
    partitions: topic?.partitions ?? 1,
    ...(producer.key !== undefined && { key: producer.key }),
    log,
    signal,
    clock: parts.clock,
    newId: parts.newId,
    ...(at.source !== null && { position: at.source }),
  })
}

class Production {
  readonly #run: RunProducer
  readonly #writer: Writer
  readonly #partitions: number
  #at: ProducerPosition
  #turn = 0

  constructor(run: RunProducer, writer: Writer, at: ProducerPosition) {
    this.#run = run
    this.#writer = writer
    this.#at = at
    this.#partitions = run.plan.topics.find(({ topic }) => topic === run.producer.to)?.partitions ?? 1
  }

  async all(source: RecordSource): Promise<void> {
    const { signal, parts } = this.#run
    while (!signal.aborted) {
      const pulled = await source.next(LIMITS)
      if (pulled === 'end') return this.#end()
      if (pulled === 'wait') await sleep(Math.min(LONGEST_WAIT_MS, source.dueAt - parts.clock()), signal)
      else await this.#append(pulled)
    }
  }

  async #append(pulled: Pulled): Promise<void> {
    const { producer } = this.#run
    const routed = 'routed' in pulled ? pulled.routed : routeRecords(pulled.records, this.#partitions, this.#turn++)
    const count = routed.reduce((sum, { records }) => sum + records.count, 0)
    const at: ProducerPosition = { produced: this.#at.produced + count, source: pulled.position, ended: false }
    faultPoint('producer-append', 'before')
    await this.#transact(
      at,
      routed.map((route) => ({ topic: producer.to, partition: route.partition, records: route.records })),
    )
    faultPoint('producer-append', 'after')
  }

  async #end(): Promise<void> {
    await this.#transact({ ...this.#at, ended: true }, [])
    this.#run.log.info({ produced: this.#at.produced }, 'the source has ended')
  }

  async #transact(at: ProducerPosition, appends: Parameters<Writer['transact']>[0]['appends']): Promise<void> {
    const { group, to } = this.#run.producer
    const commit = { group, topic: to, partition: 0, next: at.produced, metadata: JSON.stringify(at) }
    await this.#writer.transact({ appends, commits: [commit] })
    this.#at = at
  }
}
