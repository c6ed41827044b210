import { crc32 } from 'node:zlib'
import type { Print } from '#engine/core/commit-log/entry.ts'
import type { Batch } from '#engine/core/batch.ts'
import type { Slice } from '#engine/ports/transform.ts'
import { indexOf, offsetOf } from '#engine/core/batch-lines.ts'

/** What a sink has taken and not yet committed: offsets [first, next), of which it holds the parsed batches. */
export class OpenSlices {
  readonly slices: Slice[] = []
  /** When the first of them came; Infinity while there is none. */
  since = Infinity
  next: number
  rejected = 0
  lost = 0
  bytes = 0
  taken = 0
  /** Of the last record taken. */
  print: Print | null = null
  readonly first: number

  constructor(first: number) {
    this.first = first
    this.next = first
  }

  get rows(): number {
    return this.taken - this.rejected
  }

  get empty(): boolean {
    return this.taken === 0 && this.lost === 0
  }

  add(slice: Slice, now: number): void {
    const { batch, rejects } = slice.parsed
    slice.parsed.retainRows()
    this.slices.push(slice)
    this.since = Math.min(this.since, now)
    this.next = batch.nextOffset
    this.taken += batch.count - indexOf(batch, slice.from)
    this.rejected += rejects.filter((reject) => reject.offset >= slice.from).length
    this.bytes += batch.ndjson.length
    this.print = printOf(batch)
  }

  lose(low: number, now: number): void {
    this.since = Math.min(this.since, now)
    this.lost += low - this.next
    this.next = low
  }

  async release(): Promise<void> {
    for (const slice of this.slices.splice(0)) await slice.parsed.releaseRows()
  }
}

/** What a topic's incarnation is known again by: offset, timestamp and CRC-32 of the last record of a batch. */
export function printOf(batch: Batch): Print {
  const last = batch.count - 1
  const start = batch.ndjson.lastIndexOf(10) + 1
  const bytes = batch.exact?.get(last) ?? batch.ndjson.subarray(start)
  return { offset: offsetOf(batch, last), timestamp: batch.timestamps[last] ?? 0, crc: crc32(bytes) }
}
