import type { Alert, AlertPage, AlertsRequest } from '#contract/alerts.ts'
import type { ShownRecord } from '#contract/topics.ts'
import { fillTemplate } from '#engine/core/fill-template.ts'
import type { FilterPlan, Plan } from '#engine/core/plan.ts'
import { SluiceError } from '#engine/core/sluice-error.ts'
import type { Alerts } from '#engine/engine-api.ts'
import type { Broker } from '#engine/ports/broker.ts'
import { shownRecords } from './shown-records.ts'
import { tailTopic } from './tail-topic.ts'
import { takeHeads } from './take-heads.ts'

export interface AlertsParts {
  readonly broker: Broker
  readonly plans: () => readonly Plan[]
}

const DEFAULT_LIMIT = 50
const MAX_READ_BYTES = 4 * 1024 * 1024

/** Alerts are the records in the topics that filters with `alert` write: nothing is stored twice. */
export function createAlertsService(parts: AlertsParts): Alerts {
  return {
    list: (request) => list(parts, request),
    follow: (request, signal) => follow(parts, request.pipeline, signal),
  }
}

interface Source {
  readonly plan: Plan
  readonly filter: FilterPlan
  readonly alert: NonNullable<FilterPlan['alert']>
}

/** One source a topic: where two filters alert into one topic, the record doesn't say whose it is, and the first counts. */
function sourcesOf({ plans }: AlertsParts, pipeline: string | undefined): Source[] {
  const byTopic = new Map<string, Source>()
  for (const plan of plans()) {
    if (pipeline !== undefined && plan.name !== pipeline) continue
    for (const filter of plan.filters) {
      if (filter.alert && !byTopic.has(filter.to)) byTopic.set(filter.to, { plan, filter, alert: filter.alert })
    }
  }
  return [...byTopic.values()]
}

/** The end (exclusive) of what is still to be shown of a topic partition. */
interface Cursor {
  readonly topic: string
  readonly partition: number
  readonly low: number
  readonly end: number
}

async function list(parts: AlertsParts, request: AlertsRequest): Promise<AlertPage> {
  const sources = sourcesOf(parts, request.pipeline)
  const limit = request.limit ?? DEFAULT_LIMIT
  const cursors = await cursorsOf(parts.broker, sources, request.before)
  const queues: Alert[][] = []
  for (const cursor of cursors) {
    const source = sources.find(({ filter }) => filter.to === cursor.topic)
    const records = source ? await newest(parts.broker, cursor, limit) : []
    if (source) queues.push(records.toReversed().map((record) => alertOf(source, record)))
  }
  const alerts = takeHeads(queues, limit, (a, b) => a.timestamp > b.timestamp)
  const rest = cursors.map((cursor) => ({ ...cursor, end: endAfter(cursor, alerts) }))
  const more = rest.some(({ low, end }) => end > low)
  return { alerts, ...(more && alerts.length > 0 && { next: encodeCursor(rest) }) }
}

async function cursorsOf(broker: Broker, sources: readonly Source[], before: string | undefined): Promise<Cursor[]> {
  const ends = before === undefined ? undefined : decodeCursor(before)
  const known = new Set((await broker.describeTopics()).map(({ name }) => name))
  const topics = sources.map(({ filter }) => filter.to).filter((topic) => known.has(topic))
  if (topics.length === 0) return []
  return (await broker.describeTopics(topics)).flatMap(({ name, partitions }) =>
    partitions.map(({ partition, low, high }) => ({
      topic: name,
      partition,
      low,
      end: Math.max(low, Math.min(high, ends ? (ends.get(`${name}/${partition}`) ?? low) : high)),
    })),
  )
}

/** The newest `limit` records before the cursor's end, oldest first. */
async function newest(broker: Broker, cursor: Cursor, limit: number): Promise<ShownRecord[]> {
  const records: ShownRecord[] = []
  let at = Math.max(cursor.low, cursor.end - limit)
  while (at < cursor.end) {
    const batch = await broker.read(cursor.topic, cursor.partition, at, {
      maxRecords: cursor.end - at,
      maxBytes: MAX_READ_BYTES,
    })
    if (!batch) break
    records.push(...shownRecords(batch).filter(({ offset }) => offset < cursor.end))
    at = batch.nextOffset
  }
  return records
}

/** What was shown of this partition is its newest part; what comes next ends before the oldest of it. */
function endAfter(cursor: Cursor, shown: readonly Alert[]): number {
  return shown
    .filter(({ topic, partition }) => topic === cursor.topic && partition === cursor.partition)
    .reduce((end, { offset }) => Math.min(end, offset), cursor.end)
}

function encodeCursor(cursors: readonly Cursor[]): string {
  const ends = Object.fromEntries(cursors.map(({ topic, partition, end }) => [`${topic}/${partition}`, end]))
  return Buffer.from(JSON.stringify(ends)).toString('base64url')
}

function decodeCursor(text: string): ReadonlyMap<string, number> {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
    if (typeof value === 'object' && value !== null) {
      return new Map(Object.entries(value).flatMap(([key, end]) => (typeof end === 'number' ? [[key, end]] : [])))
    }
  } catch (cause) {
    throw new SluiceError('USAGE', 'The cursor of the page before was not understood.', { cause })
  }
  throw new SluiceError('USAGE', 'The cursor of the page before was not understood.')
}

function alertOf({ plan, filter, alert }: Source, shown: ShownRecord): Alert {
  const record = objectOf(shown.value)
  return {
    pipeline: plan.name,
    filter: filter.name,
    severity: alert.severity,
    message: fillTemplate(alert.message, record),
    topic: filter.to,
    partition: shown.partition,
    offset: shown.offset,
    timestamp: shown.timestamp,
    record,
  }
}

function objectOf(value: string | null): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(value ?? 'null')
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {}
  } catch {
    // Others may write into the topic too; such a record is shown with an empty template.
    return {}
  }
}

async function* follow(parts: AlertsParts, pipeline: string | undefined, signal: AbortSignal): AsyncGenerator<Alert> {
  const left = new AbortController()
  const both = AbortSignal.any([signal, left.signal])
  const known = new Set((await parts.broker.describeTopics()).map(({ name }) => name))
  const streams = sourcesOf(parts, pipeline)
    .filter(({ filter }) => known.has(filter.to))
    .map((source) => alertsOf(parts.broker, source, both))
  try {
    yield* mergeStreams(streams)
  } finally {
    left.abort()
  }
}

async function* alertsOf(broker: Broker, source: Source, signal: AbortSignal): AsyncGenerator<Alert> {
  for await (const page of tailTopic(broker, { topic: source.filter.to, from: 'end' }, signal)) {
    for (const record of page.records) yield alertOf(source, record)
  }
}

/** Items of several streams as they come. */
async function* mergeStreams<T>(streams: readonly AsyncGenerator<T>[]): AsyncGenerator<T> {
  const next = async (stream: AsyncGenerator<T>) => ({ stream, item: await stream.next() })
  const waiting = new Map(streams.map((stream) => [stream, next(stream)]))
  while (waiting.size > 0) {
    const { stream, item } = await Promise.race(waiting.values())
    if (item.done === true) waiting.delete(stream)
    else {
      waiting.set(stream, next(stream))
      yield item.value
    }
  }
}
