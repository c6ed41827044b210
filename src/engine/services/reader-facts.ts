import { addCounts } from '#engine/core/counts.ts'
import { NO_READER_FACTS, sum } from '#engine/core/ledger-facts.ts'
import type { ReaderFacts } from '#engine/core/ledger-facts.ts'
import {
  aggregatePositionSchema,
  checkerPositionSchema,
  filterPositionSchema,
  parsePosition,
} from '#engine/core/positions.ts'
import { readTotals } from '#engine/jobs/commit-log-runner.ts'
import type { TopicDescription } from '#engine/ports/broker.ts'
import type { Database } from '#engine/ports/database.ts'
import type { Lake } from '#engine/ports/lake.ts'

/** A group's position on one partition. */
export interface HeldPosition {
  readonly group: string
  readonly topic: string
  readonly partition: number
  readonly next: number
  readonly metadata: string
}

/** What a checker's committed positions say, all partitions together. */
export function checkerFacts(positions: readonly HeldPosition[]): ReaderFacts {
  return positions.reduce((facts, position) => {
    const { in: taken, rejected, lost } = parsePosition(position.metadata, checkerPositionSchema, position.group)
    return added(facts, { ...NO_READER_FACTS, positions: [position], in: taken, rejected, lost })
  }, NO_READER_FACTS)
}

/** What a filter's committed positions say, all partitions together. */
export function filterFacts(positions: readonly HeldPosition[]): ReaderFacts {
  return positions.reduce<ReaderFacts>(
    (facts, position) =>
      added(facts, {
        positions: [position],
        ...parsePosition(position.metadata, filterPositionSchema, position.group),
      }),
    { ...NO_READER_FACTS, out: {}, dropped: 0 },
  )
}

/** What the newest entries of a lake sink's commit logs say. */
export async function lakeSinkFacts(
  { path }: { readonly path: string },
  topics: readonly TopicDescription[],
  lake: Lake,
): Promise<ReaderFacts> {
  const logs = partitionsOf(topics).map(async ({ topic, partition }): Promise<ReaderFacts> => {
    const at = await readTotals(lake, { path, topic, partition })
    if (!at) return { ...NO_READER_FACTS, filed: 0, files: 0 }
    const { in: taken, filed, rejected, lost, files } = at.totals
    return { positions: [{ topic, partition, next: at.last + 1 }], in: taken, filed, rejected, failed: 0, lost, files }
  })
  return (await Promise.all(logs)).reduce(added, NO_READER_FACTS)
}

/** What the commit logs of an aggregate's states say, where late records count as rejected; how many those are, its positions say. */
export async function aggregateFacts(
  at: { readonly path: string; readonly positions: readonly HeldPosition[] },
  topics: readonly TopicDescription[],
  lake: Lake,
): Promise<ReaderFacts> {
  const { positions, in: taken, rejected, lost, failed } = await lakeSinkFacts(at, topics, lake)
  const late = sum(
    at.positions.map(({ metadata, group }) => parsePosition(metadata, aggregatePositionSchema, group).late),
  )
  return { positions, in: taken, rejected: Math.max(0, rejected - late), lost, failed, late }
}

/** What the database says of a sink. Without a database, nothing was ever inserted. */
export async function databaseSinkFacts(
  group: string,
  topics: readonly TopicDescription[],
  database: Database | undefined,
): Promise<ReaderFacts> {
  const positions = partitionsOf(topics).map(async ({ topic, partition }): Promise<ReaderFacts> => {
    const at = await database?.position(group, topic, partition)
    if (!at) return { ...NO_READER_FACTS, inserted: 0, updated: 0 }
    const { next, ...counts } = at
    return { positions: [{ topic, partition, next }], ...counts }
  })
  return (await Promise.all(positions)).reduce(added, NO_READER_FACTS)
}

function partitionsOf(topics: readonly TopicDescription[]): { topic: string; partition: number }[] {
  return topics.flatMap(({ name, partitions }) => partitions.map(({ partition }) => ({ topic: name, partition })))
}

function added(facts: ReaderFacts, more: ReaderFacts): ReaderFacts {
  const { positions, out, ...counts } = more
  const { positions: before, out: outBefore, ...countsBefore } = facts
  const sums = addCounts({ ...countsBefore }, { ...counts })
  const outs = out || outBefore ? { out: addCounts({ ...outBefore }, { ...out }) } : {}
  return { ...NO_READER_FACTS, ...sums, ...outs, positions: [...before, ...positions] }
}
