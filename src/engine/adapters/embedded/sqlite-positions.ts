import { SluiceError } from '#engine/core/sluice-error.ts'
import type { Commit, GroupDescription, Position } from '#engine/ports/broker.ts'
import { findPartition } from './sqlite-partitions.ts'
import { checkSeal, sealed } from './sqlite-seal.ts'
import type { Sql } from './sqlite-sql.ts'

type PositionRow = {
  /** The group's. */
  readonly name: string
  readonly topic: number
  readonly partition: number
  readonly next: number
  readonly metadata: string
  readonly seal: number
}

export function commitPositions(sql: Sql, commits: readonly Commit[]): void {
  for (const { group, topic: name, partition, next, metadata } of commits) {
    if (!Number.isSafeInteger(next) || next < 0) throw new SluiceError('INTERNAL', `${group} committing offset ${next}`)
    const { topic } = findPartition(sql, name, partition)
    sql.put('positions', sealed({ name: group, topic, partition, next, metadata }))
  }
}

export type PositionKey = {
  readonly group: string
  readonly topic: string
  readonly partition: number
}

export function findPosition(sql: Sql, key: PositionKey): Position | undefined {
  const row = sql.one<PositionRow>(
    `SELECT p.* FROM topics t JOIN positions p ON p.topic = t.id
     WHERE t.name = $topic AND p.name = $group AND p.partition = $partition`,
    key,
  )
  if (!row) return undefined
  checkSeal(sql.file, row)
  return { next: row.next, metadata: row.metadata }
}

/** Where a group stands on a topic: the next offset, by partition. */
export function positionsOn(sql: Sql, topic: number, group: string): ReadonlyMap<number, number> {
  const rows = sql.all<PositionRow>('SELECT * FROM positions WHERE name = $group AND topic = $topic', { group, topic })
  for (const row of rows) checkSeal(sql.file, row)
  return new Map(rows.map((row) => [row.partition, row.next]))
}

/** Groups by name, their positions by topic and partition. */
export function describeGroups(sql: Sql, prefix: string): readonly GroupDescription[] {
  const rows = sql.all<PositionRow>(
    `SELECT p.* FROM positions p JOIN topics t ON t.id = p.topic
     WHERE substr(p.name, 1, length($prefix)) = $prefix ORDER BY p.name, t.name, p.partition`,
    { prefix },
  )
  const groups = Map.groupBy(rows, (row) => row.name)
  return [...groups].map(([group, own]) => ({ group, positions: own.map((row) => describe(sql, row)) }))
}

export function forgetGroup(sql: Sql, group: string): void {
  sql.run('DELETE FROM positions WHERE name = $group', { group })
}

function describe(sql: Sql, row: PositionRow): GroupDescription['positions'][number] {
  checkSeal(sql.file, row)
  const { partition, next, metadata } = row
  const held = sql.one<{ topic: string; high: number }>(
    `SELECT t.name AS topic, p.high FROM topics t JOIN partitions p ON p.topic = t.id
     WHERE t.id = $topic AND p.partition = $partition`,
    { topic: row.topic, partition },
  )
  return { topic: held?.topic ?? '', partition, next, metadata, lag: Math.max(0, (held?.high ?? 0) - next) }
}
