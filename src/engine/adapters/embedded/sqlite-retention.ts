import { type PartitionRow, partitionsOf, savePartition } from './sqlite-partitions.ts'
import { positionsOn } from './sqlite-positions.ts'
import type { Sql } from './sqlite-sql.ts'
import { findTopic, retentionOf, type TopicRow } from './sqlite-topics.ts'

/** What one transaction removes at most; the thread is free again within some 10 ms. */
const MAX_ROWS = 1_000
const MAX_BYTES = 64 << 20

export interface RetentionRequest {
  readonly topic: string
  /** Groups by what they read: group → topics. */
  readonly keep: ReadonlyMap<string, readonly string[]>
  readonly now: number
}

/** `more`: another transaction is needed. */
export interface Removal {
  readonly removed: number
  readonly more: boolean
}

const NOTHING: Removal = { removed: 0, more: false }

interface Limits {
  /** The next offset of the slowest reader. */
  readonly unread: number
  /** What is older goes. */
  readonly before: number
  /** What is kept at least of a partition. */
  readonly bytes: number
}

/**
 * Removes the oldest batches of a topic that are wholly beyond its limits (for each partition, as in Kafka), up to the
 * slowest reader; a reader that has no position yet has everything to read.
 */
export function retainTopic(sql: Sql, { topic: name, keep, now }: RetentionRequest): Removal {
  const topic = findTopic(sql, name)
  const retention = topic && retentionOf(topic)
  if (!topic || !retention) return NOTHING
  const readers = readersOf(sql, topic, keep)
  const before = retention.ms === undefined ? -Infinity : now - retention.ms
  const bytes = retention.bytes ?? Infinity
  return partitionsOf(sql, topic.id).reduce((sum, partition) => {
    const unread = Math.min(...readers.map((positions) => positions.get(partition.partition) ?? 0))
    const { removed, more } = removeOldest(sql, partition, { unread, before, bytes })
    return { removed: sum.removed + removed, more: sum.more || more }
  }, NOTHING)
}

function readersOf(sql: Sql, topic: TopicRow, keep: RetentionRequest['keep']): readonly ReadonlyMap<number, number>[] {
  const groups = [...keep].filter(([, topics]) => topics.includes(topic.name))
  return groups.map(([group]) => positionsOn(sql, topic.id, group))
}

interface OldRow {
  readonly base: number
  readonly count: number
  readonly bytes: number
  readonly timestamp: number
}

function removeOldest(sql: Sql, held: PartitionRow, limits: Limits): Removal {
  const { topic, partition } = held
  const rows = sql.all<OldRow>(
    `SELECT base, count, bytes, timestamp FROM batches WHERE topic = $topic AND partition = $partition
     ORDER BY base LIMIT ${MAX_ROWS}`,
    { topic, partition },
  )
  let { low, bytes } = held
  for (const row of rows) {
    const next = row.base + row.count
    const due = row.timestamp < limits.before || bytes - row.bytes >= limits.bytes
    if (next > limits.unread || !due || held.bytes - bytes >= MAX_BYTES) break
    low = next
    bytes -= row.bytes
  }
  if (low === held.low) return NOTHING
  sql.run('DELETE FROM batches WHERE topic = $topic AND partition = $partition AND base < $low', {
    topic,
    partition,
    low,
  })
  savePartition(sql, { ...held, low, bytes })
  return { removed: low - held.low, more: true }
}
