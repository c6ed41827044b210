import { unpackNumbers } from './sqlite-batch-codec.ts'
import { type BatchRow, checkRow } from './sqlite-batch-row.ts'
import { findPartition } from './sqlite-partitions.ts'
import type { Sql } from './sqlite-sql.ts'

export interface TimeRequest {
  readonly topic: string
  readonly partition: number
  readonly timestamp: number
}

/** The first offset whose record's timestamp is at or above `timestamp`; `high` if none. One index search. */
export function findOffsetAt(sql: Sql, { topic, partition, timestamp }: TimeRequest): number {
  const held = findPartition(sql, topic, partition)
  // A row that retention took may have had the highest timestamp so far: those left must reach it by themselves.
  const row = sql.one<BatchRow>(
    `SELECT * FROM batches WHERE topic = $topic AND partition = $partition
       AND running_max >= $timestamp AND timestamp >= $timestamp
     ORDER BY running_max, base LIMIT 1`,
    { topic: held.topic, partition, timestamp },
  )
  if (!row) return held.high
  checkRow(sql.file, topic, row)
  return row.base + (row.timestamps ? unpackNumbers(row.timestamps).findIndex((own) => own >= timestamp) : 0)
}
