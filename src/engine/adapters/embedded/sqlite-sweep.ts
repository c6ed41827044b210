import type { Sql } from './sqlite-sql.ts'
import type { SqliteStore } from './sqlite-store.ts'

/** What one transaction takes away at most; the thread is free again within some 10 ms. */
const MAX_ROWS = 1_000
const MAX_BYTES = 64 << 20
const VACUUM_PAGES = 1_024

/** Removes the batches of topics that are gone, and then gives disk space back. A crash in the middle is made good here. */
export async function sweep(store: SqliteStore): Promise<void> {
  const doing = 'sweeping deleted topics'
  while ((await store.read(doing, orphan)) !== undefined) await store.write(doing, removeSome)
  await shrink(store)
}

/** Gives free pages back to the disk, but for a quarter of the file, which appends to come will want. */
export async function shrink(store: SqliteStore): Promise<void> {
  const doing = 'giving disk space back'
  while (await store.read(doing, wasteful)) {
    await store.write(doing, (sql) => sql.all(`PRAGMA incremental_vacuum(${VACUUM_PAGES})`))
  }
}

/** A topic that has batches and nothing else; by one index search for each topic. */
function orphan(sql: Sql): number | undefined {
  let id: number | null | undefined = 0
  for (;;) {
    id = sql.one<{ id: number | null }>('SELECT min(topic) AS id FROM batches WHERE topic > $id', { id })?.id
    if (id === null || id === undefined) return undefined
    if (!sql.one('SELECT id FROM topics WHERE id = $id', { id })) return id
  }
}

function removeSome(sql: Sql): void {
  // Looked up in the transaction that removes: another process may have swept it, and a new topic may have its id.
  const topic = orphan(sql)
  if (topic === undefined) return
  let bytes = 0
  for (const row of someBatches(sql, topic)) {
    sql.run('DELETE FROM batches WHERE id = $id', { id: row.id })
    bytes += row.bytes
    if (bytes >= MAX_BYTES) return
  }
}

function someBatches(sql: Sql, topic: number): readonly { id: number; bytes: number }[] {
  return sql.all(`SELECT id, bytes FROM batches WHERE topic = $topic LIMIT ${MAX_ROWS}`, { topic })
}

function wasteful(sql: Sql): boolean {
  const free = sql.one<{ freelist_count: number }>('PRAGMA freelist_count')?.freelist_count ?? 0
  const pages = sql.one<{ page_count: number }>('PRAGMA page_count')?.page_count ?? 0
  return free > Math.max(VACUUM_PAGES, pages / 4)
}
