import type { DuckDBConnection, DuckDBDataChunk, DuckDBResult } from '@duckdb/node-api'
import { SluiceError } from '#engine/core/sluice-error.ts'
import type { Page, QueryOptions, ResultColumn } from '#engine/ports/warehouse.ts'
import { cellOf } from './duckdb-cells.ts'

/** Rows of a page at most. */
const PAGE = 1_000

/**
 * Runs a statement and gives its rows page by page as they come, the first page also when it is empty. Progress is told
 * at the end alone: DuckDB counts it only for connections that were made before its configuration was locked.
 */
export async function* pagesOf(
  connection: DuckDBConnection,
  sql: string,
  { maxRows = Infinity, onProgress }: QueryOptions,
): AsyncGenerator<Page> {
  const result = await connection.stream(sql)
  const columns = columnsOf(result)
  let left = maxRows
  let given = false
  for (let chunk = await nextChunk(result); chunk && (left > 0 || !given); chunk = await nextChunk(result)) {
    const rows = chunk.getRows().slice(0, left)
    for (let at = 0; at < rows.length; at += PAGE) {
      yield { columns, rows: rows.slice(at, at + PAGE).map((row) => row.map(cellOf)) }
      given = true
    }
    left -= rows.length
    if (left <= 0) break
  }
  if (!given) yield { columns, rows: [] }
  onProgress?.(1)
}

export function columnsOf(result: DuckDBResult): readonly ResultColumn[] {
  const names = result.deduplicatedColumnNames()
  return result.columnTypes().map((type, at) => ({ name: names[at] ?? '', type: type.alias ?? type.toString() }))
}

/** Stops what the connection runs when the signal comes. Whatever then fails is CANCELLED: see `cancelled`. */
export function interruptOn(connection: DuckDBConnection, signal: AbortSignal | undefined): Disposable {
  const interrupt = (): void => connection.interrupt()
  signal?.addEventListener('abort', interrupt)
  return { [Symbol.dispose]: () => signal?.removeEventListener('abort', interrupt) }
}

/** CANCELLED if the signal has come. */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new SluiceError('CANCELLED', 'The query was cancelled.')
}

async function nextChunk(result: DuckDBResult): Promise<DuckDBDataChunk | undefined> {
  const chunk = await result.fetchChunk()
  return chunk && chunk.rowCount > 0 ? chunk : undefined
}
