import type { Batch, Origin } from '#engine/core/batch.ts'
import { joinLines, lineEnd, skipLines } from '#engine/core/lines.ts'
import type { ReadLimits } from '#engine/ports/broker.ts'
import { unpackExact, unpackKeys, unpackNumbers } from './sqlite-batch-codec.ts'
import type { BatchRow } from './sqlite-batch-row.ts'

/** Records [from, to) of a row. */
export interface Piece {
  readonly row: BatchRow
  readonly from: number
  readonly to: number
  /** A view of the row's lines, not a copy. */
  readonly ndjson: Uint8Array
  /** Bytes of its values. */
  readonly size: number
}

/** As many of a row's records as fit, from record `from` on; undefined if not even that one does. */
export function cutPiece(row: BatchRow, from: number, limits: ReadLimits): Piece | undefined {
  const start = skipLines(row.ndjson, 0, from)
  const rest = row.ndjson.length - start + 1 + (row.exact?.length ?? 0)
  if (row.count - from <= limits.maxRecords && rest <= limits.maxBytes) {
    return { row, from, to: row.count, ndjson: row.ndjson.subarray(start), size: rest }
  }
  return fill(row, { from, start }, limits)
}

function fill(row: BatchRow, at: { from: number; start: number }, limits: ReadLimits): Piece | undefined {
  const exact = row.exact && unpackExact(row.exact)
  const last = Math.min(row.count, at.from + limits.maxRecords)
  let to = at.from
  let next = at.start
  let size = 0
  while (to < last) {
    const end = lineEnd(row.ndjson, next)
    const own = end - next + 1 + (exact?.get(to)?.length ?? 0)
    if (size + own > limits.maxBytes) break
    size += own
    next = end + 1
    to++
  }
  if (to === at.from) return undefined
  return { row, from: at.from, to, ndjson: row.ndjson.subarray(at.start, next - 1), size }
}

/** Whether the records of two rows may stand in one batch: a batch has one origin. */
export function sameOrigin(a: BatchRow, b: BatchRow): boolean {
  return a.origin_topic === b.origin_topic && a.origin_partition === b.origin_partition
}

/** One batch of pieces that follow each other and have one origin. */
export function joinPieces(topic: string, first: Piece, pieces: readonly Piece[]): Batch {
  const count = pieces.reduce((sum, piece) => sum + piece.to - piece.from, 0)
  const firstOffset = first.row.base + first.from
  const exact = joinExact(pieces)
  const origin = joinOrigin(first.row, pieces)
  let keys: readonly (string | null)[] | undefined
  return {
    topic,
    partition: first.row.partition,
    firstOffset,
    nextOffset: firstOffset + count,
    count,
    timestamps: joinNumbers(pieces, (row) => row.timestamps),
    // Decoded when asked for: most readers never look at keys.
    get keys() {
      keys ??= pieces.flatMap(keysOf)
      return keys
    },
    ndjson: joinLines(pieces.map((piece) => piece.ndjson)),
    ...(exact.size > 0 && { exact }),
    ...(origin && { origin }),
  }
}

function keysOf({ row, from, to }: Piece): readonly (string | null)[] {
  return row.keys ? unpackKeys(row.keys).slice(from, to) : Array.from({ length: to - from }, () => null)
}

function joinExact(pieces: readonly Piece[]): Map<number, Uint8Array | null> {
  const joined = new Map<number, Uint8Array | null>()
  let before = 0
  for (const { row, from, to } of pieces) {
    for (const [index, bytes] of row.exact ? unpackExact(row.exact) : []) {
      if (index >= from && index < to) joined.set(before + index - from, bytes)
    }
    before += to - from
  }
  return joined
}

function joinOrigin(row: BatchRow, pieces: readonly Piece[]): Origin | undefined {
  if (row.origin_topic === null) return undefined
  const offsets = joinNumbers(pieces, (of) => of.origin_offsets)
  return { topic: row.origin_topic, partition: row.origin_partition ?? 0, offsets }
}

/** A number for each record; where a row has none, its timestamp holds for all. */
function joinNumbers(pieces: readonly Piece[], column: (row: BatchRow) => Uint8Array | null): Float64Array {
  const joined = new Float64Array(pieces.reduce((sum, piece) => sum + piece.to - piece.from, 0))
  let at = 0
  for (const { row, from, to } of pieces) {
    const packed = column(row)
    if (packed) joined.set(unpackNumbers(packed).subarray(from, to), at)
    else joined.fill(row.timestamp, at, at + to - from)
    at += to - from
  }
  return joined
}
