import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { copyFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import { identifier, literal } from '#engine/core/sql-literal.ts'
import { SluiceError } from '#engine/core/sluice-error.ts'
import type { ResultColumn } from '#engine/ports/warehouse.ts'
import { columnsOf } from './duckdb-query.ts'

export interface Exported {
  readonly rows: number
  readonly columns: readonly ResultColumn[]
}

export interface ExportTarget {
  readonly tempFolder: string
  readonly localFile: string
}

/** Types that Parquet or Hive don't have, and what they are written as. Sums of integers are HUGEINT. */
const WRITTEN_AS: ReadonlyMap<string, string> = new Map([
  ['HUGEINT', 'BIGINT'],
  ['UHUGEINT', 'BIGINT'],
  ['UBIGINT', 'BIGINT'],
  ['UINTEGER', 'BIGINT'],
  ['TIMESTAMP WITH TIME ZONE', 'TIMESTAMP'],
  ['TIMESTAMP_NS', 'TIMESTAMP'],
  ['TIMESTAMP_MS', 'TIMESTAMP'],
  ['TIMESTAMP_S', 'TIMESTAMP'],
  ['INTERVAL', 'VARCHAR'],
  ['UUID', 'VARCHAR'],
  ['JSON', 'VARCHAR'],
])

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
      `COPY (${writable(select, columns)}) TO ${literal(made)} (FORMAT parquet, COMPRESSION zstd)`,
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

function writable(select: string, columns: readonly ResultColumn[]): string {
  const replaced = columns.flatMap(({ name, type }) => {
    const as = WRITTEN_AS.get(type)
    return as === undefined ? [] : [`${identifier(name)}::${as} AS ${identifier(name)}`]
  })
  return replaced.length === 0 ? select : `SELECT * REPLACE (${replaced.join(', ')}) FROM (${select})`
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
