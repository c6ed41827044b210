import { identifier } from '#engine/core/sql-literal.ts'
import type { DatabaseBatch, DatabasePosition, DatabaseTable } from '#engine/ports/database.ts'
import { rowRefusal } from './pglite-errors.ts'
import { movePosition } from './pglite-positions.ts'
import type { Landed } from './pglite-positions.ts'
import type { PgliteTransaction } from './pglite-session.ts'
import { columnDefinition, keyColumns } from './pglite-tables.ts'

/** Rows of one statement. Longer ones are no faster, and hold the thread for longer. */
const ROWS = 5_000

/** Files the batch's rows and moves its position, in the transaction given. A row that Postgres refuses is kept aside. */
export async function insertBatch(
  sql: PgliteTransaction,
  table: DatabaseTable,
  batch: DatabaseBatch,
): Promise<DatabasePosition> {
  const insertion = new Insertion(sql, table, batch)
  const landed = { inserted: 0, updated: 0, failed: 0 }
  for (let from = 0; from < batch.offsets.length; from += ROWS) {
    const part = await insertion.rows(from, Math.min(from + ROWS, batch.offsets.length))
    landed.inserted += part.inserted
    landed.updated += part.updated
    landed.failed += part.failed
  }
  return movePosition(sql, batch, landed)
}

class Insertion {
  readonly #sql: PgliteTransaction
  readonly #batch: DatabaseBatch
  readonly #lines: readonly string[]
  readonly #statement: string

  constructor(sql: PgliteTransaction, table: DatabaseTable, batch: DatabaseBatch) {
    this.#sql = sql
    this.#batch = batch
    this.#lines = new TextDecoder().decode(batch.ndjson).split('\n')
    this.#statement = insertStatement(table)
  }

  /** Files the rows [from, to); where Postgres refuses one, each half for itself, down to that row. */
  async rows(from: number, to: number): Promise<Landed> {
    await this.#sql.rows('SAVEPOINT rows')
    try {
      const landed = await this.#put(from, to)
      await this.#sql.rows('RELEASE SAVEPOINT rows')
      return landed
    } catch (error) {
      const refusal = rowRefusal(error)
      if (!refusal) throw error
      await this.#sql.rows('ROLLBACK TO SAVEPOINT rows')
      await this.#sql.rows('RELEASE SAVEPOINT rows')
      return to - from === 1 ? this.#keepAside(from, refusal) : this.#halves(from, to)
    }
  }

  async #put(from: number, to: number): Promise<Landed> {
    const { topic, partition, offsets } = this.#batch
    const json = `[${this.#lines.slice(from, to).join(',')}]`
    const [row] = await this.#sql.rows(this.#statement, [
      json,
      `{${offsets.subarray(from, to).join(',')}}`,
      topic,
      partition,
    ])
    const inserted = Number(row?.['inserted'])
    return { inserted, updated: to - from - inserted, failed: 0 }
  }

  async #halves(from: number, to: number): Promise<Landed> {
    const middle = from + Math.ceil((to - from) / 2)
    const lower = await this.rows(from, middle)
    const upper = await this.rows(middle, to)
    return {
      inserted: lower.inserted + upper.inserted,
      updated: lower.updated + upper.updated,
      failed: lower.failed + upper.failed,
    }
  }

  async #keepAside(
    index: number,
    { field, reason }: { readonly field: string; readonly reason: string },
  ): Promise<Landed> {
    const { sink, topic, partition, offsets } = this.#batch
    await this.#sql.rows('INSERT INTO _sluice_failed VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING', [
      sink,
      topic,
      partition,
      offsets[index] ?? -1,
      field,
      reason,
      this.#lines[index] ?? '',
    ])
    return { inserted: 0, updated: 0, failed: 1 }
  }
}

/**
 * One statement for any number of rows: $1 the rows as a JSON array, $2 their offsets, $3 topic, $4 partition. Of rows
 * with the same key the one with the last offset stays; a row of the same partition is never replaced by an earlier one.
 */
function insertStatement(table: DatabaseTable): string {
  const names = [...table.columns.map(({ name }) => name), '_offset', '_topic', '_partition'].map(identifier)
  const key = keyColumns(table).map(identifier).join(', ')
  const distinct = table.key === undefined ? '' : `DISTINCT ON (${key})`
  const order = table.key === undefined ? '' : `ORDER BY ${key}, "_offset" DESC`
  return `
    WITH given AS (
      SELECT ${distinct} rows.*, $3::text AS "_topic", $4::integer AS "_partition"
      FROM ROWS FROM (
        json_to_recordset($1::json) AS (${table.columns.map(columnDefinition).join(', ')}),
        unnest($2::bigint[])
      ) AS rows (${names.slice(0, -2).join(', ')})
      ${order}
    ), put AS (
      INSERT INTO ${identifier(table.name)} AS standing (${names.join(', ')})
      SELECT ${names.join(', ')} FROM given
      ON CONFLICT (${key}) DO UPDATE SET ${names.map((name) => `${name} = excluded.${name}`).join(', ')}
      WHERE standing."_topic" <> excluded."_topic" OR standing."_partition" <> excluded."_partition"
        OR standing."_offset" <= excluded."_offset"
      RETURNING (standing.xmax = 0) AS fresh
    )
    SELECT count(*) FILTER (WHERE fresh) AS inserted FROM put`
}
