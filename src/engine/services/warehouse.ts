import { stat } from 'node:fs/promises'
import type { Export, Exported, Query, SqlCatalog, SqlPage } from '#contract/sql.ts'
import { SluiceError } from '#engine/core/sluice-error.ts'
import type { Sql } from '#engine/engine-api.ts'
import type { Database } from '#engine/ports/database.ts'
import type { Warehouse } from '#engine/ports/warehouse.ts'

export interface SqlParts {
  readonly warehouse: Warehouse
  /** Opened at the first use: it takes a second that most commands needn't wait. */
  readonly database: () => Promise<Database>
}

/** SQL over the lake's tables, or over the database's. */
export function createSqlService(parts: SqlParts): Sql {
  return {
    query: (request, signal) => query(parts, request, signal),
    export: (request, signal) => exportTo(parts.warehouse, request, signal),
    catalog: () => catalog(parts),
  }
}

async function* query(
  { warehouse, database }: SqlParts,
  { sql, maxRows, on }: Query,
  signal: AbortSignal,
): AsyncGenerator<SqlPage> {
  const source = on === 'database' ? await database() : warehouse
  yield* source.query(sql, { signal, ...(maxRows !== undefined && { maxRows }) })
}

async function exportTo(
  warehouse: Warehouse,
  { sql, file }: Export,
  signal: AbortSignal | undefined,
): Promise<Exported> {
  if (await isThere(file)) throw new SluiceError('FILE_EXISTS', `There is a file ${file} already.`)
  const { rows } = await warehouse.export(sql, file, signal)
  return { file, rows, bytes: (await stat(file)).size }
}

async function isThere(file: string): Promise<boolean> {
  try {
    await stat(file)
    return true
  } catch {
    // Any failure to see it: the export itself says what is wrong with the path.
    return false
  }
}

async function catalog({ warehouse, database }: SqlParts): Promise<SqlCatalog> {
  const tables = await warehouse.catalog()
  return {
    tables: tables.map(({ name, path, columns, partitionBy }) => ({
      name,
      path,
      columns: columns.map((column) => ({ name: column.name, type: column.type })),
      partitionBy: [...partitionBy],
    })),
    database: (await (await database()).tables()).map((name) => ({ name })),
  }
}
