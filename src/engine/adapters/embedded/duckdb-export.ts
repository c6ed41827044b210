import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { copyFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import { literal } from '#engine/core/sql-literal.ts'
import { SluiceError } from '#engine/core/sluice-error.ts'
import type { ResultColumn } from '#engine/ports/warehouse.ts'
import { columnsOf } from './duckdb-query.ts'
import { writableSql } from './duckdb-writable-sql.ts'

export interface Exported {
  readonly rows: number
  readonly columns: readonly ResultColumn[]
}

export interface ExportTarget {
  readonly tempFolder: string
  readonly localFile: string
}

/** Files the whole result of a SELECT as Parquet at a place where nothing is yet: FILE_EXISTS otherwise. */
export async function exportResult(
  connection: DuckDBConnection,
  sql: string,
  { tempFolder, localFile }: ExportTarget,
): Promise<Exported> {
  const made = join(tempFolder, `export-${randomUUID()}.tmp`)
  try {
    const select = await plainSelect(connection, sql)
    const columns = columnsOf(await connection.run(`SELECT * FROM (${select}) LIMIT 0`))
    const copied = await connection.runAndReadAll(
      `COPY (${writableSql(select, columns)}) TO ${literal(made)} (FORMAT parquet, COMPRESSION zstd)`,
    )
    await putAt(made, localFile)
    return { rows: Number(copied.getRows()[0]?.[0] ?? 0), columns }
  } finally {
    await rm(made, { force: true })
  }
}

/** The statement as DuckDB writes it: without comments, and without the semicolon that may stand between them. */
async function plainSelect(connection: DuckDBConnection, sql: string): Promise<string> {
  const reader = await connection.runAndReadAll('SELECT json_deserialize_sql(json_serialize_sql($1::VARCHAR))', [sql])
  return String(reader.getRows()[0]?.[0])
}

async function putAt(made: string, localFile: string): Promise<void> {
  try {
    await copyFile(made, localFile, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE)
  } catch (cause) {
    const exists = cause instanceof Error && 'code' in cause && cause.code === 'EEXIST'
    if (exists) throw new SluiceError('FILE_EXISTS', `There is a file ${localFile} already.`, { cause })
    throw new SluiceError('FILE_UNREADABLE', `Writing the result to ${localFile}.`, { cause })
  }
}
