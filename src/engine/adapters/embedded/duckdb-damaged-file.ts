import { relative } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import { literalList } from '#engine/core/sql-literal.ts'
import { SluiceError } from '#engine/core/sluice-error.ts'
import { plainDuckdbMessage } from './duckdb-errors.ts'

const GONE = /No such file or directory|No files found|Cannot open file/
// Mistakes of the statement, limits and interruptions: no file is to blame.
const NOT_OF_FILES =
  /^(Binder|Catalog|Parser|Conversion|Out of Range|Out of Memory|INTERRUPT|Interrupt|Not implemented|Permission) Error/

/** True where a file was taken away between the listing and the reading. */
export function fileIsGone(error: unknown): boolean {
  return error instanceof Error && GONE.test(error.message)
}

/** The error that names the damaged file, where one of these is damaged; undefined where all can be read. */
export async function damagedFile(
  connection: DuckDBConnection,
  error: unknown,
  { root, files }: { readonly root: string; readonly files: readonly string[] },
): Promise<SluiceError | undefined> {
  if (!(error instanceof Error) || NOT_OF_FILES.test(error.message)) return undefined
  const named = files.find((file) => error.message.includes(file)) ?? (await firstUnreadable(connection, files))
  if (named === undefined) return undefined
  const path = `/${relative(root, named).replaceAll('\\', '/')}`
  return new SluiceError(
    'STORE_DAMAGED',
    `The file ${path} can't be read: ${plainDuckdbMessage(error).replaceAll(named, path)}.`,
    {
      cause: error,
      remedy: 'Restore it, or move it away: the others can be read.',
    },
  )
}

/** DuckDB doesn't always name the file: it is found by halving. */
async function firstUnreadable(connection: DuckDBConnection, files: readonly string[]): Promise<string | undefined> {
  const parquet = files.filter((file) => file.endsWith('.parquet'))
  if (parquet.length === 0 || (await readable(connection, parquet))) return undefined
  if (parquet.length === 1) return parquet[0]
  const middle = parquet.length >> 1
  return (
    (await firstUnreadable(connection, parquet.slice(0, middle))) ?? firstUnreadable(connection, parquet.slice(middle))
  )
}

async function readable(connection: DuckDBConnection, files: readonly string[]): Promise<boolean> {
  try {
    await connection.run(
      `SELECT bit_xor(hash("#row")) FROM read_parquet(${literalList(files)}, union_by_name = true, hive_partitioning = false) AS "#row"`,
    )
    return true
  } catch {
    // That it fails is the answer.
    return false
  }
}
