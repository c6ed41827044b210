import { SluiceError } from '#engine/core/sluice-error.ts'
import { checkSeal, sealed } from './sqlite-seal.ts'
import type { Sql } from './sqlite-sql.ts'

/** One partition of a topic that is there. Offsets in [low, high) are held. */
export type PartitionRow = {
  /** The topic's id. */
  readonly topic: number
  readonly partition: number
  readonly low: number
  readonly high: number
  /** Of all blobs of all its rows. */
  readonly bytes: number
  /** The highest timestamp ever appended; null before the first. */
  readonly running_max: number | null
  readonly seal: number
}

/** TOPIC_UNKNOWN where there is no such topic, or where it has no such partition. */
export function findPartition(sql: Sql, topic: string, partition: number): PartitionRow {
  const row = sql.one<PartitionRow>(
    'SELECT p.* FROM topics t JOIN partitions p ON p.topic = t.id WHERE t.name = $topic AND p.partition = $partition',
    { topic, partition },
  )
  if (!row) throw unknownPartition(sql, topic, partition)
  checkSeal(sql.file, row)
  return row
}

/** All partitions of a topic, by number. */
export function partitionsOf(sql: Sql, topic: number): readonly PartitionRow[] {
  const rows = sql.all<PartitionRow>('SELECT * FROM partitions WHERE topic = $topic ORDER BY partition', { topic })
  for (const row of rows) checkSeal(sql.file, row)
  return rows
}

/** Whatever seal it has is made anew. */
export function savePartition(sql: Sql, row: Omit<PartitionRow, 'seal'>): void {
  const { topic, partition, low, high, bytes, running_max } = row
  sql.put('partitions', sealed({ topic, partition, low, high, bytes, running_max }))
}

function unknownPartition(sql: Sql, topic: string, partition: number): SluiceError {
  const known = sql.one('SELECT id FROM topics WHERE name = $topic', { topic })
  const what = known ? `Topic ${topic} has no partition ${partition}.` : `There is no topic ${topic}.`
  return new SluiceError('TOPIC_UNKNOWN', what)
}
