import { SluiceError } from '#engine/core/sluice-error.ts'
import type { DatabaseBatch, DatabasePosition } from '#engine/ports/database.ts'
import type { PgliteTransaction, SqlRow } from './pglite-session.ts'

/** What became of the rows of one batch. */
export interface Landed {
  readonly inserted: number
  readonly updated: number
  readonly failed: number
}

/** Which sink reads which partition. */
export interface SinkPartition {
  readonly sink: string
  readonly topic: string
  readonly partition: number
}

/** Where a sink stands in a partition. */
export async function findPosition(sql: PgliteTransaction, at: SinkPartition): Promise<DatabasePosition | undefined> {
  const [row] = await sql.rows('SELECT * FROM _sluice_positions WHERE sink = $1 AND topic = $2 AND partition = $3', [
    at.sink,
    at.topic,
    at.partition,
  ])
  return row && positionOf(row)
}

// The guard: a row that stands elsewhere than at $5 is not updated, and without one only a batch from the start counts.
const MOVE = `
  INSERT INTO _sluice_positions AS p (sink, topic, partition, next, inserted, updated, rejected, failed, lost)
  SELECT $1::text, $2::text, $3::integer, $4::bigint, $6::bigint, $7::bigint, $8::bigint, $9::bigint, $10::bigint
  WHERE $5::bigint = 0 OR EXISTS (SELECT FROM _sluice_positions WHERE sink = $1 AND topic = $2 AND partition = $3)
  ON CONFLICT (sink, topic, partition) DO UPDATE SET
    next = excluded.next,
    inserted = p.inserted + excluded.inserted,
    updated = p.updated + excluded.updated,
    rejected = p.rejected + excluded.rejected,
    failed = p.failed + excluded.failed,
    lost = p.lost + excluded.lost
  WHERE p.next = $5
  RETURNING *`

/** Moves the position from the batch's `first` to its `next` and adds its counts. FENCED where it isn't at `first`. */
export async function movePosition(
  sql: PgliteTransaction,
  batch: DatabaseBatch,
  { inserted, updated, failed }: Landed,
): Promise<DatabasePosition> {
  const { sink, topic, partition, next, first, rejected, lost } = batch
  const counts = [inserted, updated, rejected, failed, lost]
  const [row] = await sql.rows(MOVE, [sink, topic, partition, next, first, ...counts])
  if (row) return positionOf(row)
  throw new SluiceError('FENCED', `filing ${topic}, partition ${partition}, from offset ${first} for ${sink}`)
}

function positionOf(row: SqlRow): DatabasePosition {
  const count = (name: string) => Number(row[name])
  const landed = { inserted: count('inserted'), updated: count('updated'), failed: count('failed') }
  const rejected = count('rejected')
  const all = landed.inserted + landed.updated + landed.failed + rejected
  return { next: count('next'), in: all, ...landed, rejected, lost: count('lost') }
}
