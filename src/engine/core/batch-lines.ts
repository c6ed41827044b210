import type { Batch } from './batch.ts'

const NEWLINE = 10

/** The offset of record `index` of a batch. */
export function offsetOf(batch: Batch, index: number): number {
  return batch.offsets?.[index] ?? batch.firstOffset + index
}

/** The index of the first record whose offset is at or above `offset`; `count` if none is. */
export function indexOf(batch: Batch, offset: number): number {
  if (!batch.offsets) return Math.max(0, Math.min(batch.count, offset - batch.firstOffset))
  const at = batch.offsets.findIndex((held) => held >= offset)
  return at < 0 ? batch.count : at
}

/** Where each line starts, and behind them where one more would: line i is the bytes [starts[i], starts[i + 1] - 1). */
export function lineStarts({ ndjson, count }: Pick<Batch, 'ndjson' | 'count'>): Uint32Array {
  const starts = new Uint32Array(count + 1)
  for (let line = 1; line < count; line++) starts[line] = ndjson.indexOf(NEWLINE, starts[line - 1]) + 1
  starts[count] = ndjson.length + 1
  return starts
}

/** The bytes of record `index` exactly as they were appended; null for a tombstone. */
export function exactBytes(batch: Batch, index: number, starts: Uint32Array): Uint8Array | null {
  const exact = batch.exact?.get(index)
  if (exact !== undefined) return exact
  return batch.ndjson.subarray(starts[index], (starts[index + 1] ?? 1) - 1)
}

/** The lines of these ascending indexes, joined by newlines; neighbours are copied as one. */
export function pickLines(ndjson: Uint8Array, starts: Uint32Array, indexes: Uint32Array): Uint8Array {
  if (indexes.length === starts.length - 1) return ndjson
  const start = (at: number): number => starts[at] ?? 0
  const size = indexes.reduce((sum, index) => sum + start(index + 1) - start(index), 0)
  const picked = new Uint8Array(Math.max(0, size - 1))
  let at = 0
  for (let first = 0; first < indexes.length; ) {
    let last = first
    while (indexes[last + 1] === (indexes[last] ?? 0) + 1) last++
    const piece = ndjson.subarray(start(indexes[first] ?? 0), start((indexes[last] ?? 0) + 1) - 1)
    picked.set(piece, at)
    at += piece.length
    if (at < picked.length) picked[at++] = NEWLINE
    first = last + 1
  }
  return picked
}
