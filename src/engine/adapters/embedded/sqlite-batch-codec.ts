import { crc32 } from 'node:zlib'
import type { Origin, Records } from '#engine/core/batch.ts'
import { countLines } from '#engine/core/lines.ts'
import { SluiceError } from '#engine/core/sluice-error.ts'

/** What a row keeps of its records, in large columns; null: they have none of it. */
export type Blobs = {
  /** A float64 each; null: all are the row's `timestamp`. */
  readonly timestamps: Uint8Array | null
  /** A float64 each. */
  readonly origin_offsets: Uint8Array | null
  /** Entries of index (uint32), length (int32, -1: tombstone) and bytes, little-endian. */
  readonly exact: Uint8Array | null
  /** A JSON array of strings and nulls. */
  readonly keys: Uint8Array | null
  readonly ndjson: Uint8Array
}

/** Records as they go into one row, but for the place that they get. */
export interface Packed {
  readonly count: number
  /** Of all blobs together. */
  readonly bytes: number
  /** The highest. */
  readonly timestamp: number
  readonly origin_topic: string | null
  readonly origin_partition: number | null
  readonly blobs: Blobs
}

const TOMBSTONE = -1
const ENTRY_BYTES = 8

/** Packs records into one row; those without timestamps get `now`. INTERNAL where its parts are not of one length. */
export function pack(records: Records, now: number): Packed {
  checkLengths(records)
  const { count, timestamps, origin } = records
  const timestamp = timestamps ? highest(timestamps) : now
  const blobs = packBlobs(records, timestamp)
  return {
    count,
    bytes: listBlobs(blobs).reduce((sum, blob) => sum + (blob?.length ?? 0), 0),
    timestamp,
    origin_topic: origin?.topic ?? null,
    origin_partition: origin?.partition ?? null,
    blobs,
  }
}

function packBlobs({ timestamps, origin, exact, keys, ndjson }: Records, timestamp: number): Blobs {
  const uniform = !timestamps || timestamps.every((own) => own === timestamp)
  const keyed = keys?.some((key) => key !== null)
  return {
    timestamps: uniform ? null : bytesOf(timestamps),
    origin_offsets: origin ? bytesOf(origin.offsets) : null,
    exact: exact && exact.size > 0 ? packExact(exact) : null,
    keys: keyed ? Buffer.from(JSON.stringify(keys)) : null,
    ndjson,
  }
}

/** The CRC-32 of all blobs, each with its length. */
export function checksum(blobs: Blobs): number {
  const all = listBlobs(blobs)
  const lengths = crc32(all.map((blob) => blob?.length ?? 'none').join())
  return all.reduce((crc, blob) => (blob ? crc32(blob, crc) : crc), lengths)
}

/** Numbers as `pack` has stored them: a view where memory allows, else a copy. */
export function unpackNumbers(bytes: Uint8Array): Float64Array {
  const aligned = bytes.byteOffset % Float64Array.BYTES_PER_ELEMENT === 0 ? bytes : bytes.slice()
  return new Float64Array(aligned.buffer, aligned.byteOffset, aligned.length / Float64Array.BYTES_PER_ELEMENT)
}

export function unpackKeys(bytes: Uint8Array): readonly (string | null)[] {
  const keys: unknown = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString())
  if (!isKeys(keys)) throw inconsistent('keys are no list of texts')
  return keys
}

export function unpackExact(bytes: Uint8Array): Map<number, Uint8Array | null> {
  const exact = new Map<number, Uint8Array | null>()
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  for (let at = 0; at < bytes.length; ) {
    const index = view.getUint32(at, true)
    const length = view.getInt32(at + 4, true)
    at += ENTRY_BYTES
    exact.set(index, length === TOMBSTONE ? null : bytes.subarray(at, at + length))
    at += Math.max(0, length)
  }
  return exact
}

function isKeys(value: unknown): value is (string | null)[] {
  return Array.isArray(value) && value.every((key) => key === null || typeof key === 'string')
}

function packExact(exact: ReadonlyMap<number, Uint8Array | null>): Uint8Array {
  const values = [...exact.values()].reduce((sum, bytes) => sum + (bytes?.length ?? 0), 0)
  const packed = new Uint8Array(exact.size * ENTRY_BYTES + values)
  const view = new DataView(packed.buffer)
  let at = 0
  for (const [index, bytes] of exact) {
    view.setUint32(at, index, true)
    view.setInt32(at + 4, bytes?.length ?? TOMBSTONE, true)
    at += ENTRY_BYTES
    if (bytes) packed.set(bytes, at)
    at += bytes?.length ?? 0
  }
  return packed
}

/** In the order of their checksum. */
function listBlobs(blobs: Blobs): readonly (Uint8Array | null)[] {
  return [blobs.timestamps, blobs.origin_offsets, blobs.exact, blobs.keys, blobs.ndjson]
}

function bytesOf(numbers: Float64Array): Uint8Array {
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength)
}

function highest(timestamps: Float64Array): number {
  const max = timestamps.reduce((so, far) => Math.max(so, far), -Infinity)
  if (!Number.isFinite(max)) throw inconsistent('a timestamp is not a number')
  return max
}

function checkLengths(records: Records): void {
  const { count, ndjson, ends, keys, timestamps, origin } = records
  const lengths = {
    lines: ends?.length ?? countLines(ndjson),
    keys: keys?.length,
    timestamps: timestamps?.length,
    origins: offsetsOf(origin),
  }
  for (const [what, length] of Object.entries(lengths)) {
    if (length !== undefined && length !== count) throw inconsistent(`${length} ${what} for ${count} records`)
  }
}

function offsetsOf(origin: Origin | undefined): number | undefined {
  return origin?.offsets.length
}

function inconsistent(what: string): SluiceError {
  return new SluiceError('INTERNAL', `packing records: ${what}`)
}
