import type { Batch } from '#engine/core/batch.ts'
import { SluiceError } from '#engine/core/sluice-error.ts'
import type { ReadLimits } from '#engine/ports/broker.ts'
import { cutPiece, joinPieces, type Piece, sameOrigin } from './sqlite-batch.ts'
import { type BatchRow, checkRow } from './sqlite-batch-row.ts'
import { damaged } from './sqlite-errors.ts'
import { findPartition, type PartitionRow } from './sqlite-partitions.ts'
import type { RecentRows } from './sqlite-recent-rows.ts'
import type { Sql } from './sqlite-sql.ts'

export interface ReadRequest {
  readonly topic: string
  readonly partition: number
  readonly from: number
  readonly limits: ReadLimits
}

/** The first record comes alone where it is larger than the limits. */
const ONE: ReadLimits = { maxRecords: 1, maxBytes: Infinity }

/** The records from an offset on, cut and merged from rows to the limits; undefined at the end. */
export function readBatch(sql: Sql, request: ReadRequest, recent: RecentRows): Batch | undefined {
  const { topic, partition, from } = request
  const held = findPartition(sql, topic, partition)
  if (from === held.high) return undefined
  if (!Number.isInteger(from) || from < held.low || from > held.high) throw outOfRange(request, held)
  const rows = (start: number): Iterable<BatchRow> => rowsFrom(sql, held, { ...request, from: start })
  const known = recent.find(sql, held, from)
  const pieces = collect(known ? rowsAfter(known, rows) : rows(from), request)
  const [first] = pieces
  const last = pieces.at(-1)
  if (!first || !last) throw damaged(sql.file, `no batch of ${topic}/${partition} holds offset ${from}`)
  recent.endedIn(last.row, last.to === last.row.count)
  return joinPieces(topic, first, pieces)
}

const ROWS_FROM = `SELECT * FROM batches WHERE topic = $topic AND partition = $partition AND base >=
  (SELECT base FROM batches WHERE topic = $topic AND partition = $partition AND base <= $from ORDER BY base DESC LIMIT 1)
  ORDER BY base`

/** The rows from the one that holds the first offset on, each checked: as it was written, and next to the one before. */
function* rowsFrom(sql: Sql, { topic, high }: PartitionRow, request: ReadRequest): Iterable<BatchRow> {
  const { partition, from } = request
  if (from === high) return
  let expected: number | undefined
  for (const row of sql.each<BatchRow>(ROWS_FROM, { topic, partition, from })) {
    checkRow(sql.file, request.topic, row)
    const follows = expected === undefined ? from < row.base + row.count : row.base === expected
    if (!follows) throw damaged(sql.file, `batches of ${request.topic}/${partition} are missing before ${row.base}`)
    expected = row.base + row.count
    yield row
  }
}

/** The same, with the first row at hand. */
function* rowsAfter(first: BatchRow, others: (from: number) => Iterable<BatchRow>): Iterable<BatchRow> {
  yield first
  yield* others(first.base + first.count)
}

function collect(rows: Iterable<BatchRow>, { from, limits }: ReadRequest): readonly Piece[] {
  const pieces: Piece[] = []
  let left = limits
  for (const row of rows) {
    const piece = pieces[0] ? nextPiece(pieces[0], row, left) : firstPiece(row, from - row.base, left)
    if (!piece) break
    pieces.push(piece)
    left = { maxRecords: left.maxRecords - (piece.to - piece.from), maxBytes: left.maxBytes - piece.size }
    if (piece.to < row.count || left.maxRecords <= 0 || left.maxBytes <= 0) break
  }
  return pieces
}

function firstPiece(row: BatchRow, from: number, limits: ReadLimits): Piece | undefined {
  return cutPiece(row, from, limits) ?? cutPiece(row, from, ONE)
}

function nextPiece(first: Piece, row: BatchRow, left: ReadLimits): Piece | undefined {
  return sameOrigin(first.row, row) ? cutPiece(row, 0, left) : undefined
}

function outOfRange({ topic, partition, from }: ReadRequest, { low, high }: PartitionRow): SluiceError {
  const doing = `reading ${topic}/${partition} from offset ${from}: it holds ${low} to ${high}`
  return new SluiceError('OFFSET_OUT_OF_RANGE', doing)
}
