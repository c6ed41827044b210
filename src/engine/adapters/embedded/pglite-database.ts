import { z } from 'zod'
import type { Reject } from '#engine/core/columns.ts'
import { identifier } from '#engine/core/sql-literal.ts'
import { defineAdapter } from '#engine/ports/adapter.ts'
import type { Database, DatabaseBatch, DatabasePosition, DatabaseTable } from '#engine/ports/database.ts'
import type { Page, QueryOptions } from '#engine/ports/warehouse.ts'
import { insertBatch } from './pglite-insert.ts'
import { findPosition } from './pglite-positions.ts'
import { queryPages } from './pglite-query.ts'
import { ensureSchema } from './pglite-schema.ts'
import { PgliteSession } from './pglite-session.ts'
import { ensureTable, tableNames } from './pglite-tables.ts'

export const pgliteDatabase = defineAdapter({
  port: 'database',
  name: 'pglite',
  summary: 'Postgres itself, in this process, in one folder: no server.',
  options: z.object({
    folder: z.string().min(1).describe('The folder of the database. It is made where it is not there.'),
  }),
  open: async ({ folder }, { signal }) => {
    signal?.throwIfAborted()
    return openPgliteDatabase(folder)
  },
})

/** What failed rows say beside their offset. */
type Failed = Reject & { readonly topic: string; readonly partition: number; readonly raw: string }

/** Opens the one database of this folder. Its work is done in this thread: a statement under way can't be cut short. */
export async function openPgliteDatabase(folder: string): Promise<Database> {
  const session = await PgliteSession.open(folder)
  try {
    await ensureSchema(session)
    return new PgliteDatabase(session)
  } catch (error) {
    await session.close()
    throw error
  }
}

class PgliteDatabase implements Database {
  readonly #session: PgliteSession

  constructor(session: PgliteSession) {
    this.#session = session
  }

  async ensureTable(table: DatabaseTable): Promise<void> {
    await this.#session.transaction(`making the table ${table.name}`, (sql) => ensureTable(sql, table))
  }

  async position(sink: string, topic: string, partition: number): Promise<DatabasePosition | undefined> {
    return this.#session.transaction(`reading the position of ${sink}`, (sql) =>
      findPosition(sql, { sink, topic, partition }),
    )
  }

  async insert(table: DatabaseTable, batch: DatabaseBatch): Promise<DatabasePosition> {
    return this.#session.transaction(`filling the table ${table.name}`, (sql) => insertBatch(sql, table, batch))
  }

  async failed(sink: string): Promise<readonly Failed[]> {
    return this.#session.transaction(`reading what ${sink} could not file`, async (sql) => {
      const rows = await sql.rows('SELECT * FROM _sluice_failed WHERE sink = $1 ORDER BY topic, partition, "offset"', [
        sink,
      ])
      return rows.map((row) => ({
        topic: String(row['topic']),
        partition: Number(row['partition']),
        offset: Number(row['offset']),
        field: String(row['field']),
        reason: String(row['reason']),
        raw: String(row['raw']),
      }))
    })
  }

  query(sql: string, options: QueryOptions = {}): AsyncIterable<Page> {
    return queryPages(this.#session, sql, options)
  }

  async tables(): Promise<readonly string[]> {
    return this.#session.transaction('listing the tables', tableNames)
  }

  async dropTable(name: string, sinks: readonly string[]): Promise<void> {
    await this.#session.transaction(`dropping the table ${name}`, async (sql) => {
      await sql.rows(`DROP TABLE IF EXISTS ${identifier(name)}`)
      for (const sink of sinks) {
        await sql.rows('DELETE FROM _sluice_positions WHERE sink = $1', [sink])
        await sql.rows('DELETE FROM _sluice_failed WHERE sink = $1', [sink])
      }
    })
  }

  async close(): Promise<void> {
    await this.#session.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}
