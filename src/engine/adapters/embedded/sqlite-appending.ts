import type { OffsetRange, Records } from '#engine/core/batch.ts'
import type { Append } from '#engine/ports/broker.ts'
import { checksum, pack, type Packed } from './sqlite-batch-codec.ts'
import { rowCrc } from './sqlite-batch-row.ts'
import { findPartition, type PartitionRow, savePartition } from './sqlite-partitions.ts'
import { splitRecords } from './sqlite-split.ts'
import type { Sql } from './sqlite-sql.ts'

interface PreparedRow {
  readonly packed: Packed
  readonly blobsCrc: number
}

/** Records made ready for their rows outside the transaction, so that its lock is held for the writing alone. */
export interface PreparedAppend {
  readonly topic: string
  readonly partition: number
  readonly rows: readonly PreparedRow[]
}

export function prepareAppend({ topic, partition, records }: Append, now: number): PreparedAppend {
  return { topic, partition, rows: splitRecords(records).map((piece) => prepareRow(piece, now)) }
}

/** Writes the rows behind the partition's last one. TOPIC_UNKNOWN. */
export function appendPrepared(sql: Sql, { topic, partition, rows }: PreparedAppend): OffsetRange {
  const found = findPartition(sql, topic, partition)
  const grown = rows.reduce((to, row) => insertRow(sql, to, row), found)
  if (grown !== found) savePartition(sql, grown)
  return { topic, partition, first: found.high, last: grown.high - 1 }
}

function prepareRow(records: Records, now: number): PreparedRow {
  const packed = pack(records, now)
  return { packed, blobsCrc: checksum(packed.blobs) }
}

function insertRow(sql: Sql, to: PartitionRow, { packed, blobsCrc }: PreparedRow): PartitionRow {
  const { blobs, ...small } = packed
  const { topic, partition, high: base } = to
  const running_max = Math.max(to.running_max ?? -Infinity, packed.timestamp)
  const place = { topic, partition, base, ...small, running_max }
  sql.insert('batches', { ...place, crc: rowCrc(place, blobsCrc), ...blobs })
  return { ...to, high: base + packed.count, bytes: to.bytes + packed.bytes, running_max }
}
