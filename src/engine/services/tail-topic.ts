import type { RecordPage, ShownRecord, Tail } from '#contract/topics.ts'
import type { Batch } from '#engine/core/batch.ts'
import { isSluiceError, SluiceError } from '#engine/core/sluice-error.ts'
import type { Broker, PartitionDescription } from '#engine/ports/broker.ts'
import { shownRecords } from './shown-records.ts'
import { takeHeads } from './take-heads.ts'

const PAGE = { maxRecords: 500, maxBytes: 1024 * 1024 }

/** Where a tail stands: the next offset of each partition. */
type Positions = Map<number, number>

/**
 * Yields a topic's records, old ones first, then as they come, until `n` are out, none came for `timeoutMs`, or the
 * signal aborts. Of what is read together the oldest by timestamp comes first.
 */
export async function* tailTopic(broker: Broker, request: Tail, signal: AbortSignal): AsyncGenerator<RecordPage> {
  const wakeups = new Wakeups(broker, request.topic, signal)
  try {
    const positions = await startPositions(broker, request)
    let left = request.n ?? Number.POSITIVE_INFINITY
    while (left > 0 && !signal.aborted) {
      const records = await readRound(broker, request.topic, { positions, limit: Math.min(left, PAGE.maxRecords) })
      if (records.length > 0) {
        left -= records.length
        yield { records }
      } else if (!(await wakeups.next(request.timeoutMs))) return
    }
  } finally {
    await wakeups.close()
  }
}

async function startPositions(broker: Broker, request: Tail): Promise<Positions> {
  const [topic] = await broker.describeTopics([request.topic])
  if (!topic) throw new SluiceError('TOPIC_UNKNOWN', `reading topic ${request.topic}`)
  const wanted = topic.partitions.filter(
    ({ partition }) => request.partition === undefined || partition === request.partition,
  )
  if (wanted.length === 0) {
    throw new SluiceError('USAGE', `Topic ${request.topic} has no partition ${request.partition}.`, {
      remedy: `Its partitions are 0 to ${topic.partitions.length - 1}.`,
    })
  }
  const positions: Positions = new Map()
  for (const part of wanted) positions.set(part.partition, await startOf(broker, request, part))
  return positions
}

async function startOf(broker: Broker, { topic, from }: Tail, part: PartitionDescription): Promise<number> {
  if (from === 'beginning') return part.low
  if (from === 'end') return part.high
  if ('offset' in from) return Math.min(part.high, Math.max(part.low, from.offset))
  return broker.offsetAt(topic, part.partition, Date.parse(from.time))
}

interface Round {
  readonly positions: Positions
  readonly limit: number
}

/** Reads a little of every partition, and moves the positions past what it gives back. */
async function readRound(broker: Broker, topic: string, { positions, limit }: Round): Promise<ShownRecord[]> {
  const queues: ShownRecord[][] = []
  for (const [partition, next] of positions) {
    const batch = await readOn(broker, topic, { partition, next })
    if (!batch) continue
    positions.set(partition, batch.nextOffset)
    queues.push(shownRecords(batch))
  }
  const given = takeHeads(queues, limit, (a, b) => a.timestamp < b.timestamp)
  for (const [first] of queues) {
    if (first) positions.set(first.partition, first.offset)
  }
  return given
}

// A viewer goes on where the topic goes on when retention has overtaken it; a job must not.
async function readOn(
  broker: Broker,
  topic: string,
  at: { readonly partition: number; readonly next: number },
): Promise<Batch | undefined> {
  try {
    return await broker.read(topic, at.partition, at.next, PAGE)
  } catch (error) {
    if (!isSluiceError(error, 'OFFSET_OUT_OF_RANGE')) throw error
    const [description] = await broker.describeTopics([topic])
    const part = description?.partitions[at.partition]
    return part ? await broker.read(topic, at.partition, part.low, PAGE) : undefined
  }
}

/** News of a topic, listened to from its making on, so that nothing slips between a look and the wait. */
class Wakeups {
  readonly #left = new AbortController()
  readonly #news: AsyncIterator<readonly string[]>
  #coming: Promise<boolean>

  constructor(broker: Broker, topic: string, signal: AbortSignal) {
    this.#news = broker.follow([topic], AbortSignal.any([signal, this.#left.signal]))[Symbol.asyncIterator]()
    this.#coming = this.#listen()
  }

  /** True when there may be more to read, false when the time is up or it is over. */
  async next(timeoutMs: number | undefined): Promise<boolean> {
    const come = timeoutMs === undefined ? await this.#coming : await within(this.#coming, timeoutMs)
    if (come) this.#coming = this.#listen()
    return come
  }

  async close(): Promise<void> {
    this.#left.abort()
    await this.#coming
    await this.#news.return?.()
  }

  async #listen(): Promise<boolean> {
    try {
      return (await this.#news.next()).done !== true
    } catch (error) {
      if (this.#left.signal.aborted) return false
      throw error
    }
  }
}

async function within(coming: Promise<boolean>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms)
  })
  try {
    return await Promise.race([coming, late])
  } finally {
    clearTimeout(timer)
  }
}
