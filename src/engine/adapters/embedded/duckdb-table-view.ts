import { castingOf } from '#engine/core/casting.ts'
import type { ColumnType } from '#engine/core/columns.ts'
import type { TablePlan } from '#engine/core/plan.ts'
import { SluiceError } from '#engine/core/sluice-error.ts'
import { identifier, literal, literalList } from '#engine/core/sql-literal.ts'

/** The columns of a file, by name, with DuckDB's type. */
export type FileColumns = ReadonlyMap<string, string>

export interface ViewParts {
  readonly table: TablePlan
  readonly files: readonly string[]
  /** Of the oldest file, and of the newest where that is another. */
  readonly oldest: FileColumns
  readonly newest: FileColumns
}

interface ViewColumn {
  readonly name: string
  readonly type: string
}

const TECHNICAL: readonly ViewColumn[] = [
  { name: 'kafka_partition', type: 'INTEGER' },
  { name: 'kafka_offset', type: 'BIGINT' },
]

/**
 * The SELECT that is the table: its columns in order, then the technical ones, then the partition folders as text. What
 * no file has is null. Footers are united only where an older file lacks a column that a newer one has.
 */
export function tableViewSql(parts: ViewParts): string {
  const { table, files } = parts
  const columns = viewColumns(table)
  if (files.length === 0) return `SELECT ${columns.map(nullSql).join(', ')} WHERE false`
  if (table.columns.length === 0) return `SELECT * FROM ${readerSql(parts)}`
  checkTypes(parts)
  const present = (name: string): boolean =>
    table.format === 'json' || parts.oldest.has(name) || parts.newest.has(name) || isFolder(table, name)
  const values = columns.map((column) => (present(column.name) ? identifier(column.name) : nullSql(column)))
  return `SELECT ${values.join(', ')} FROM ${readerSql(parts)}`
}

/** The columns as the catalogue shows them; one that says so where nothing is known yet. */
function viewColumns(table: TablePlan): readonly ViewColumn[] {
  if (table.columns.length === 0) return [{ name: 'nothing_filed_yet', type: 'VARCHAR' }]
  const own = table.columns.map(({ name, type }) => ({ name, type: typeInFile(type) }))
  const folders = table.partitionBy.map((name) => ({ name, type: 'VARCHAR' }))
  return [...own, ...(table.snapshots ? [] : TECHNICAL), ...folders]
}

function readerSql({ table, files, oldest, newest }: ViewParts): string {
  const partitions = 'hive_partitioning = true, hive_types_autocast = false'
  if (table.format === 'json') {
    const columns = viewColumns(table).filter(({ name }) => !isFolder(table, name))
    const types = columns.map(({ name, type }) => `${literal(name)}: ${literal(type)}`).join(', ')
    const shape = table.columns.length === 0 ? 'union_by_name = true' : `columns = {${types}}`
    return `read_json(${literalList(files)}, format = 'newline_delimited', ${shape}, ${partitions})`
  }
  const grown = [...newest.keys()].some((name) => !oldest.has(name))
  return `read_parquet(${literalList(files)}, union_by_name = ${grown}, ${partitions})`
}

/** Results that are filed as a whole have the types that their SQL gave. */
function checkTypes({ table, oldest, newest }: ViewParts): void {
  if (table.snapshots) return
  for (const { name, type } of table.columns) {
    const wanted = typeInFile(type)
    const odd = [oldest.get(name), newest.get(name)].find((found) => found !== undefined && found !== wanted)
    if (odd === undefined) continue
    throw new SluiceError(
      'SCHEMA_CHANGED',
      `Column ${name} of table ${table.name} is ${wanted} now, and ${odd} in files of it.`,
    )
  }
}

function typeInFile(type: ColumnType): string {
  return type === 'json' ? 'VARCHAR' : castingOf(type).duckdb
}

function isFolder(table: TablePlan, name: string): boolean {
  return table.partitionBy.some((partition) => partition === name)
}

function nullSql({ name, type }: ViewColumn): string {
  return `NULL::${type} AS ${identifier(name)}`
}
