import { randomUUID } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { DuckDBTimestampValue } from '@duckdb/node-api'
import { partitionFolder } from '#engine/core/partition-folder.ts'
import { identifier, literal } from '#engine/core/sql-literal.ts'
import type { FileProgram, Slice, WrittenFile } from '#engine/ports/transform.ts'
import type { DuckdbSession } from './duckdb-connection.ts'
import { columnSql, type SliceSql, sliceSql } from './duckdb-slice-sql.ts'

/** How data files are written. */
export const PARQUET = 'FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880'

export interface WriteOptions {
  readonly session: DuckdbSession
  /** Where the files go. */
  readonly folder: string
  readonly program: FileProgram
  readonly slices: readonly Slice[]
}

/** The hours or days whose records go to one folder. */
interface Folder {
  readonly name: string
  readonly rows: number
  /** Their starts, as SQL; none: everything there is. */
  readonly starts: readonly string[]
}

/** The folders of the slices' records, by name. */
export async function foldersOf({ session, program, slices }: WriteOptions): Promise<readonly Folder[]> {
  const { partitionBy } = program
  const all = slices.map((slice) => sliceSql(slice))
  if (all.length === 0) return []
  const times = all.map((slice) => `SELECT ${startSql(program, slice)} AS start ${slice.from}`).join(' UNION ALL ')
  const result = await session.runOnce(`SELECT start, count(*) FROM (${times}) GROUP BY start ORDER BY start`)
  const folders = new Map<string, { rows: number; readonly starts: string[] }>()
  for (const [start, rows] of await result.getRows()) {
    const time = start instanceof DuckDBTimestampValue ? new Date(Number(start.micros / 1000n)) : new Date(0)
    const name = partitionFolder(partitionBy, time)
    const folder = folders.get(name) ?? { rows: 0, starts: [] }
    folder.rows += Number(rows)
    folder.starts.push(`TIMESTAMP ${literal(time.toISOString().slice(0, 19).replace('T', ' '))}`)
    folders.set(name, folder)
  }
  const whole = folders.size === 1
  return [...folders].map(([name, { rows, starts }]) => ({ name, rows, starts: whole ? [] : starts }))
}

/** One local file for each folder, its rows in the order of their offsets. */
export async function writeFiles(options: WriteOptions): Promise<readonly WrittenFile[]> {
  const slices = options.slices.map((slice) => sliceSql(slice))
  const files: WrittenFile[] = []
  for (const folder of await foldersOf(options)) files.push(await writeFolder(options, slices, folder))
  return files
}

async function writeFolder(
  { session, folder, program }: WriteOptions,
  slices: readonly SliceSql[],
  target: Folder,
): Promise<WrittenFile> {
  const localFile = join(folder, `${randomUUID()}.${program.format}`)
  const rows = slices.map((slice) => rowsSql(program, slice, target)).join(' UNION ALL ')
  await session.runOnce(`COPY (${rows}) TO ${literal(localFile)} (${formatSql(program)})`)
  const { size } = await stat(localFile)
  return { folder: target.name, localFile, rows: target.rows, bytes: size }
}

function rowsSql(program: FileProgram, slice: SliceSql, { starts }: Folder): string {
  const values = program.columns.map((column) => {
    const value = fileValueSql(program, column.type, columnSql(slice, column))
    return `${value} AS ${identifier(column.name)}`
  })
  const technical = [`${slice.parsed.batch.partition}::INTEGER AS kafka_partition`, `${slice.offset} AS kafka_offset`]
  const within = starts.length === 0 ? '' : ` AND ${startSql(program, slice)} IN (${starts.join(', ')})`
  return `SELECT ${[...values, ...technical].join(', ')} ${slice.from}${within}`
}

// Hive knows no JSON type; in JSON files a decimal is text, lest a reader makes a double of it.
function fileValueSql({ format }: FileProgram, type: string, value: string): string {
  if (format === 'parquet') return type === 'json' ? `(${value})::VARCHAR` : value
  return type.startsWith('decimal') ? `(${value})::VARCHAR` : value
}

function formatSql({ format }: FileProgram): string {
  return format === 'json' ? 'FORMAT json' : PARQUET
}

function startSql({ partitionBy }: FileProgram, { time }: SliceSql): string {
  if (partitionBy.length === 0) return "TIMESTAMP '1970-01-01'"
  return `date_trunc(${literal(partitionBy.includes('hour') ? 'hour' : 'day')}, ${time})::TIMESTAMP`
}
