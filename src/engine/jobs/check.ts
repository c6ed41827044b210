import { isUtf8 } from 'node:buffer'
import type { Batch, Records } from '#engine/core/batch.ts'
import type { Reject } from '#engine/core/columns.ts'
import { faultPoint } from '#engine/core/fault-point.ts'
import type { CheckerPlan } from '#engine/core/plan.ts'
import { checkerPositionSchema, parsePosition } from '#engine/core/positions.ts'
import type { CheckerPosition } from '#engine/core/positions.ts'
import type { Broker, Writer } from '#engine/ports/broker.ts'
import type { Slice } from '#engine/ports/transform.ts'
import { exactBytes, indexOf, lineStarts } from '#engine/core/batch-lines.ts'
import type { PartitionReader } from './partition-reader.ts'

/** A clean stretch moves the checker's position this often at the latest, in milliseconds: nothing is to be published. */
const LAZY_MS = 500

export interface CheckerOptions {
  readonly plan: CheckerPlan
  readonly partition: number
  /** The dead-letter topic's partitions; a letter goes to its source's, modulo these. */
  readonly rejectedPartitions: number
  readonly broker: Broker
  readonly clock: () => number
}

/** Opens the checker of one partition: publishes what the topic's columns refuse, once each. */
export async function openChecker(options: CheckerOptions): Promise<PartitionReader> {
  const { plan, partition, broker } = options
  const writer = await broker.openWriter(`${plan.group}.${partition}`)
  const at = await broker.position(plan.group, plan.topic, partition)
  return new Checker(options, writer, {
    next: at?.next ?? 0,
    counts: parsePosition(at?.metadata, checkerPositionSchema, plan.group),
  })
}

class Checker implements PartitionReader {
  next: number
  due = Infinity
  readonly #options: CheckerOptions
  readonly #writer: Writer
  #counts: CheckerPosition

  constructor(
    options: CheckerOptions,
    writer: Writer,
    at: { readonly next: number; readonly counts: CheckerPosition },
  ) {
    this.#options = options
    this.#writer = writer
    this.next = at.next
    this.#counts = at.counts
  }

  async take({ parsed, from }: Slice): Promise<void> {
    const rejects = parsed.rejects.filter((reject) => reject.offset >= from)
    const taken = parsed.batch.count - indexOf(parsed.batch, from)
    const { in: before, rejected, lost } = this.#counts
    this.#counts = { in: before + taken, rejected: rejected + rejects.length, lost }
    this.next = parsed.batch.nextOffset
    if (rejects.length > 0) await this.#commit(deadLetters(parsed.batch, rejects))
    else this.due = Math.min(this.due, this.#options.clock() + LAZY_MS)
  }

  async tick(now: number): Promise<void> {
    if (now >= this.due) await this.flush()
  }

  async flush(): Promise<void> {
    if (this.due !== Infinity) await this.#commit(undefined)
  }

  lose(low: number): void {
    this.#counts = { ...this.#counts, lost: this.#counts.lost + low - this.next }
    this.next = low
    this.due = this.#options.clock()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer.close()
  }

  async #commit(letters: Records | undefined): Promise<void> {
    const { plan, partition, rejectedPartitions } = this.#options
    const commit = {
      group: plan.group,
      topic: plan.topic,
      partition,
      next: this.next,
      metadata: JSON.stringify(this.#counts),
    }
    const appends = letters
      ? [{ topic: plan.rejected, partition: partition % rejectedPartitions, records: letters }]
      : []
    faultPoint('checker-transact')
    await this.#writer.transact({ appends, commits: [commit] })
    this.due = Infinity
  }
}

function deadLetters(batch: Batch, rejects: readonly Reject[]): Records {
  const starts = lineStarts(batch)
  const lines = rejects.map((reject) => {
    const raw = rawText(exactBytes(batch, indexOf(batch, reject.offset), starts))
    return JSON.stringify({
      source_partition: batch.partition,
      source_offset: reject.offset,
      field: reject.field,
      reason: reject.reason,
      raw,
    })
  })
  return {
    count: rejects.length,
    ndjson: Buffer.from(lines.join('\n')),
    keys: rejects.map((reject) => batch.keys[indexOf(batch, reject.offset)] ?? null),
    timestamps: Float64Array.from(rejects, (reject) => batch.timestamps[indexOf(batch, reject.offset)] ?? 0),
  }
}

/** The raw value as text; bytes that are no UTF-8 as `base64:…`, a tombstone as null. */
export function rawText(bytes: Uint8Array | null): string | null {
  if (bytes === null) return null
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  return isUtf8(buffer) ? buffer.toString() : `base64:${buffer.toString('base64')}`
}
