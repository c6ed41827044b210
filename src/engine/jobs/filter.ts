import type { Batch, Records } from '#engine/core/batch.ts'
import type { Column, Reject } from '#engine/core/columns.ts'
import { faultPoint } from '#engine/core/fault-point.ts'
import type { FilterPlan } from '#engine/core/plan.ts'
import { filterPositionSchema, parsePosition } from '#engine/core/positions.ts'
import type { FilterPosition } from '#engine/core/positions.ts'
import { routeRecords } from '#engine/core/route-records.ts'
import type { Append, Broker, Writer } from '#engine/ports/broker.ts'
import type { Filtered, FilterProgram, Picked, Slice, Transform } from '#engine/ports/transform.ts'
import { exactBytes, indexOf, lineStarts, offsetOf } from '#engine/core/batch-lines.ts'
import { rawText } from './check.ts'
import { addCounts } from '#engine/core/counts.ts'
import type { PartitionReader } from './partition-reader.ts'

/** Batches of which nothing is kept move the position this often at the latest, in milliseconds. */
const LAZY_MS = 500

export interface FilterOptions {
  readonly plan: FilterPlan
  /** Of all topics that the filter reads. */
  readonly columns: readonly Column[]
  readonly topic: string
  readonly partition: number
  /** Partitions of the topics that the filter writes: `to` and `otherwise`. */
  readonly partitionsOf: Readonly<Record<string, number>>
  /** `<pipeline>.<filter>.failed`, made when the SQL itself fails for a record. One partition. */
  readonly failedTopic: string
  readonly broker: Broker
  readonly transform: Transform
  readonly clock: () => number
}

/** Opens a filter on one partition, as its only writer. */
export async function openFilter(options: FilterOptions): Promise<PartitionReader> {
  const { plan, topic, partition, broker } = options
  const writer = await broker.openWriter(`${plan.group}.${topic}.${partition}`)
  const at = await broker.position(plan.group, topic, partition)
  return new Filter(options, writer, {
    next: at?.next ?? 0,
    counts: parsePosition(at?.metadata, filterPositionSchema, plan.group),
  })
}

class Filter implements PartitionReader {
  next: number
  due = Infinity
  readonly #options: FilterOptions
  readonly #program: FilterProgram
  readonly #writer: Writer
  #counts: FilterPosition

  constructor(options: FilterOptions, writer: Writer, at: { readonly next: number; readonly counts: FilterPosition }) {
    this.#options = options
    this.#program = programOf(options.plan, options.columns)
    this.#writer = writer
    this.next = at.next
    this.#counts = at.counts
  }

  async take(slice: Slice): Promise<void> {
    const { parsed } = slice
    const filtered = await this.#options.transform.filter(this.#program, slice)
    if (filtered.failed.length > 0) await this.#options.broker.ensureTopic(this.#options.failedTopic, { partitions: 1 })
    const appends = this.#appends(filtered, parsed.batch)
    this.#count(filtered, slice)
    this.next = parsed.batch.nextOffset
    if (appends.length > 0) await this.#commit(appends)
    else this.due = Math.min(this.due, this.#options.clock() + LAZY_MS)
  }

  async tick(now: number): Promise<void> {
    if (now >= this.due) await this.flush()
  }

  async flush(): Promise<void> {
    if (this.due !== Infinity) await this.#commit([])
  }

  lose(low: number): void {
    this.#counts = { ...this.#counts, lost: this.#counts.lost + low - this.next }
    this.next = low
    this.due = this.#options.clock()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer.close()
  }

  #appends(filtered: Filtered, batch: Batch): Append[] {
    const { plan, failedTopic } = this.#options
    const appends = this.#routed(plan.to, recordsOf(filtered.kept, batch))
    if (plan.otherwise && filtered.otherwise)
      appends.push(...this.#routed(plan.otherwise, recordsOf(filtered.otherwise, batch)))
    if (filtered.failed.length > 0) appends.push(...this.#routed(failedTopic, failedRecords(filtered.failed, batch)))
    return appends
  }

  #routed(topic: string, records: Records): Append[] {
    if (records.count === 0) return []
    const routes = routeRecords(records, this.#options.partitionsOf[topic] ?? 1, this.#options.partition)
    return routes.map((route) => ({ topic, partition: route.partition, records: route.records }))
  }

  #count(filtered: Filtered, { parsed, from }: Slice): void {
    const { plan } = this.#options
    const taken = parsed.batch.count - indexOf(parsed.batch, from)
    const rejected = parsed.rejects.filter((reject) => reject.offset >= from).length
    const out: Record<string, number> = { [plan.to]: filtered.kept.indexes.length }
    if (plan.otherwise) out[plan.otherwise] = filtered.otherwise?.indexes.length ?? 0
    const { in: before, dropped, rejected: rejectedBefore, failed, lost } = this.#counts
    this.#counts = {
      in: before + taken,
      out: addCounts(this.#counts.out, out),
      dropped: dropped + filtered.dropped,
      rejected: rejectedBefore + rejected,
      failed: failed + filtered.failed.length,
      lost,
    }
  }

  async #commit(appends: readonly Append[]): Promise<void> {
    const { plan, topic, partition } = this.#options
    const commit = { group: plan.group, topic, partition, next: this.next, metadata: JSON.stringify(this.#counts) }
    faultPoint('filter-transact')
    await this.#writer.transact({ appends, commits: [commit] })
    this.due = Infinity
  }
}

function programOf(plan: FilterPlan, columns: readonly Column[]): FilterProgram {
  const program: FilterProgram = { clauses: plan.clauses, otherwise: plan.otherwise !== undefined, columns }
  return {
    ...program,
    ...(plan.where !== undefined && { where: plan.where }),
    ...(plan.select && { select: plan.select }),
  }
}

/** Picked lines as records to append: key and time of their source, and where they came from. */
function recordsOf({ indexes, ndjson }: Picked, batch: Batch): Records {
  return { count: indexes.length, ndjson, ...sourceOf(indexes, batch) }
}

function sourceOf(indexes: Uint32Array, batch: Batch): Pick<Records, 'keys' | 'timestamps' | 'origin'> & object {
  const { topic, partition, keys, timestamps } = batch
  return {
    keys: Array.from(indexes, (index) => keys[index] ?? null),
    timestamps: Float64Array.from(indexes, (index) => timestamps[index] ?? 0),
    origin: { topic, partition, offsets: Float64Array.from(indexes, (index) => offsetOf(batch, index)) },
  }
}

function failedRecords(failed: readonly Reject[], batch: Batch): Records {
  const starts = lineStarts(batch)
  const indexes = Uint32Array.from(failed, (reject) => indexOf(batch, reject.offset))
  const lines = failed.map(({ offset, field, reason }) => {
    const raw = rawText(exactBytes(batch, indexOf(batch, offset), starts))
    return JSON.stringify({
      source_topic: batch.topic,
      source_partition: batch.partition,
      source_offset: offset,
      field,
      reason,
      raw,
    })
  })
  return { count: failed.length, ndjson: Buffer.from(lines.join('\n')), ...sourceOf(indexes, batch) }
}
