import type { DuckDBConnection } from '@duckdb/node-api'
import type { TablePlan } from '#engine/core/plan.ts'
import { SluiceError } from '#engine/core/sluice-error.ts'
import { identifier, literalList } from '#engine/core/sql-literal.ts'
import { tableFiles } from './duckdb-table-files.ts'
import { type FileColumns, tableViewSql } from './duckdb-table-view.ts'

/** Columns of files are remembered up to this many: files never change. */
const REMEMBERED = 2_000
const NO_COLUMNS: FileColumns = new Map()

/** A table and the local paths of its files. */
export interface ListedTable {
  readonly table: TablePlan
  readonly files: readonly string[]
}

/** The tables of the catalogue, and how a connection gets to see them. */
export class DuckdbTables {
  readonly #root: string
  readonly #tables = new Map<string, TablePlan>()
  readonly #columns = new Map<string, FileColumns>()

  constructor(root: string) {
    this.#root = root
  }

  get names(): readonly string[] {
    return [...this.#tables.keys()].sort()
  }

  all(): readonly TablePlan[] {
    return this.names.flatMap((name) => this.#tables.get(name) ?? [])
  }

  /** New columns may come; SCHEMA_CHANGED where one goes or changes. A new path is another table. */
  define(table: TablePlan): void {
    const before = this.#tables.get(table.name)
    if (before?.path === table.path && !before.snapshots) checkGrown(before, table)
    this.#tables.set(table.name, table)
  }

  forget(name: string): void {
    this.#tables.delete(name)
  }

  /** The files that these tables are made of in this moment. */
  async list(names: readonly string[]): Promise<readonly ListedTable[]> {
    const tables = names.flatMap((name) => this.#tables.get(name) ?? [])
    return Promise.all(tables.map(async (table) => ({ table, files: await tableFiles(this.#root, table) })))
  }

  /** Makes listed tables visible to the connection. */
  async show(connection: DuckDBConnection, listed: readonly ListedTable[]): Promise<void> {
    for (const one of listed) await this.#showOne(connection, one)
  }

  async #showOne(connection: DuckDBConnection, { table, files }: ListedTable): Promise<void> {
    const oldest = await this.#columnsOf(connection, table, files[0])
    const newest = files.length > 1 ? await this.#columnsOf(connection, table, files.at(-1)) : oldest
    const view = tableViewSql({ table, files, oldest, newest })
    await connection.run(`CREATE OR REPLACE TEMP VIEW ${identifier(table.name)} AS ${view}`)
  }

  async #columnsOf(connection: DuckDBConnection, table: TablePlan, file: string | undefined): Promise<FileColumns> {
    if (file === undefined || table.format === 'json') return NO_COLUMNS
    const known = this.#columns.get(file)
    if (known) return known
    const reader = await connection.runAndReadAll(
      `DESCRIBE SELECT * FROM read_parquet(${literalList([file])}, hive_partitioning = false)`,
    )
    const columns = new Map(reader.getRows().map(([name, type]) => [String(name), String(type)]))
    if (this.#columns.size >= REMEMBERED) this.#columns.clear()
    this.#columns.set(file, columns)
    return columns
  }
}

function checkGrown(before: TablePlan, after: TablePlan): void {
  for (const column of before.columns) {
    const now = after.columns.find(({ name }) => name === column.name)
    if (now?.type === column.type) continue
    const change = now ? `was ${column.type} and is ${now.type} now` : 'is not in the new definition'
    throw new SluiceError('SCHEMA_CHANGED', `Defining table ${after.name}: column ${column.name} ${change}.`)
  }
}
