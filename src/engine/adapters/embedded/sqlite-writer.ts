import type { OffsetRange } from '#engine/core/batch.ts'
import { SluiceError } from '#engine/core/sluice-error.ts'
import type { Transaction, Writer } from '#engine/ports/broker.ts'
import { checkSeal, sealed } from './sqlite-seal.ts'
import type { Sql } from './sqlite-sql.ts'
import type { SqliteStore } from './sqlite-store.ts'

/** Runs a transaction; `guard` stands in it before all else, and throws to forbid it. */
export type Transact = (transaction: Transaction, guard: (sql: Sql) => void) => Promise<readonly OffsetRange[]>

type WriterRow = { readonly id: string; readonly epoch: number; readonly seal: number }

/** Takes the id over. A writer holds an epoch of its id; the store's is higher, for ever, once another has taken over. */
export async function openWriter(store: SqliteStore, id: string, transact: Transact): Promise<Writer> {
  const epoch = await store.write(`opening writer ${id}`, (sql) => takeOver(sql, id))
  let closed = false
  return {
    async transact(transaction) {
      if (closed) throw new SluiceError('NOT_CONNECTED', `writer ${id} appending: it was closed`)
      return transact(transaction, (sql) => mustBeCurrent(sql, id, epoch))
    },
    async close() {
      closed = true
    },
    async [Symbol.asyncDispose]() {
      closed = true
    },
  }
}

function takeOver(sql: Sql, id: string): number {
  const epoch = epochOf(sql, id) + 1
  sql.put('writers', sealed({ id, epoch }))
  return epoch
}

function mustBeCurrent(sql: Sql, id: string, epoch: number): void {
  if (epochOf(sql, id) !== epoch) throw new SluiceError('FENCED', `writer ${id} appending`)
}

function epochOf(sql: Sql, id: string): number {
  const row = sql.one<WriterRow>('SELECT * FROM writers WHERE id = $id', { id })
  if (!row) return 0
  checkSeal(sql.file, row)
  return row.epoch
}
