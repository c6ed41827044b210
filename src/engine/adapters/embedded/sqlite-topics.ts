import { SluiceError } from '#engine/core/sluice-error.ts'
import { suggestion } from '#engine/core/suggest.ts'
import type { TopicDescription, TopicSettings } from '#engine/ports/broker.ts'
import { partitionsOf, savePartition } from './sqlite-partitions.ts'
import { checkSeal, sealed } from './sqlite-seal.ts'
import type { Sql } from './sqlite-sql.ts'

type Retention = NonNullable<TopicSettings['retention']>

/** What Kafka takes as a topic's name, so that a pipeline may move there. */
const NAME = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,249}$/
const MAX_PARTITIONS = 10_000

export type TopicRow = {
  readonly id: number
  readonly name: string
  readonly incarnation: string
  readonly partitions: number
  readonly retention_bytes: number | null
  readonly retention_ms: number | null
  readonly seal: number
}

export interface NewTopic extends TopicSettings {
  /** Its identity, should it have to be made. */
  readonly incarnation: string
}

/** Makes the topic, or finds it and sets its retention. TOPIC_EXISTS where it has other partitions. */
export function ensureTopic(sql: Sql, name: string, wanted: NewTopic): TopicDescription {
  checkSettings(name, wanted.partitions)
  const found = findTopic(sql, name)
  if (found && found.partitions !== wanted.partitions) throw otherPartitions(found, wanted.partitions)
  const { id, incarnation } = found ?? { id: newId(sql), incarnation: wanted.incarnation }
  const row = sealed({ id, name, incarnation, partitions: wanted.partitions, ...retentionColumns(wanted) })
  sql.put('topics', row)
  if (!found) makePartitions(sql, row)
  return describe(sql, row)
}

export function findTopic(sql: Sql, name: string): TopicRow | undefined {
  const row = sql.one<TopicRow>('SELECT * FROM topics WHERE name = $name', { name })
  if (row) checkSeal(sql.file, row)
  return row
}

/** By name. */
export function allTopics(sql: Sql): readonly TopicRow[] {
  const rows = sql.all<TopicRow>('SELECT * FROM topics ORDER BY name')
  for (const row of rows) checkSeal(sql.file, row)
  return rows
}

/** All topics, or those named (TOPIC_UNKNOWN if one isn't there), by name. */
export function describeTopics(sql: Sql, names?: readonly string[]): readonly TopicDescription[] {
  if (!names) return allTopics(sql).map((row) => describe(sql, row))
  return [...new Set(names)].sort().map((name) => {
    const row = findTopic(sql, name)
    if (!row) throw unknownTopic(sql, name)
    return describe(sql, row)
  })
}

function unknownTopic(sql: Sql, name: string): SluiceError {
  const names = allTopics(sql).map((row) => row.name)
  return new SluiceError('TOPIC_UNKNOWN', `There is no topic ${name}.`, { remedy: suggestion(name, names, 'Topics') })
}

/** Takes the topic and the positions on it away; its batches stay behind for the sweep. */
export function forgetTopic(sql: Sql, name: string): void {
  const row = sql.one<{ id: number }>('SELECT id FROM topics WHERE name = $name', { name })
  if (!row) return
  sql.run('DELETE FROM topics WHERE id = $id', { id: row.id })
  sql.run('DELETE FROM partitions WHERE topic = $id', { id: row.id })
  sql.run('DELETE FROM positions WHERE topic = $id', { id: row.id })
}

export function retentionOf({ retention_bytes: bytes, retention_ms: ms }: TopicRow): Retention | undefined {
  if (bytes === null && ms === null) return undefined
  return { ...(bytes !== null && { bytes }), ...(ms !== null && { ms }) }
}

/** Not one whose topic is gone while its batches are still being swept. */
function newId(sql: Sql): number {
  const last = sql.one<{ id: number }>(
    'SELECT max(ifnull((SELECT max(id) FROM topics), 0), ifnull((SELECT max(topic) FROM batches), 0)) AS id',
  )
  return (last?.id ?? 0) + 1
}

function makePartitions(sql: Sql, { id, partitions }: TopicRow): void {
  for (let partition = 0; partition < partitions; partition++) {
    savePartition(sql, { topic: id, partition, low: 0, high: 0, bytes: 0, running_max: null })
  }
}

function retentionColumns({ retention }: TopicSettings): Pick<TopicRow, 'retention_bytes' | 'retention_ms'> {
  return { retention_bytes: retention?.bytes ?? null, retention_ms: retention?.ms ?? null }
}

function describe(sql: Sql, row: TopicRow): TopicDescription {
  const retention = retentionOf(row)
  return {
    name: row.name,
    incarnation: row.incarnation,
    ...(retention && { retention }),
    // Offsets start at 0 and have no gaps: the next one is how many there ever were.
    partitions: partitionsOf(sql, row.id).map(({ partition, low, high, bytes }) => ({
      partition,
      low,
      high,
      appended: high,
      bytes,
    })),
  }
}

function checkSettings(name: string, partitions: number): void {
  if (!NAME.test(name)) {
    throw new SluiceError('USAGE', `making a topic named ${JSON.stringify(name)}`, {
      remedy: 'A name is made of at most 249 letters, digits, ".", "_" and "-".',
    })
  }
  if (Number.isInteger(partitions) && partitions >= 1 && partitions <= MAX_PARTITIONS) return
  throw new SluiceError('USAGE', `making topic ${name} with ${partitions} partitions`, {
    remedy: `A topic has 1 to ${MAX_PARTITIONS} partitions.`,
  })
}

function otherPartitions(found: TopicRow, wanted: number): SluiceError {
  return new SluiceError('TOPIC_EXISTS', `topic ${found.name} has ${found.partitions} partitions, not ${wanted}`)
}
