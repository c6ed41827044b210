import { mkdir } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { z } from 'zod'
import type { TablePlan } from '#engine/core/plan.ts'
import { isSluiceError, SluiceError } from '#engine/core/sluice-error.ts'
import { literal } from '#engine/core/sql-literal.ts'
import { defineAdapter } from '#engine/ports/adapter.ts'
import type { Page, QueryOptions, TableDescription, Warehouse } from '#engine/ports/warehouse.ts'
import { damagedFile, fileIsGone } from './duckdb-damaged-file.ts'
import { type Exported, exportResult } from './duckdb-export.ts'
import { openLockedDuckdb } from './duckdb-instance.ts'
import { interruptOn, pagesOf, throwIfCancelled } from './duckdb-query.ts'
import { sqlFailure } from './duckdb-sql-failed.ts'
import { admit } from './duckdb-sql-gate.ts'
import { DuckdbTables } from './duckdb-tables.ts'

/** How often a query starts over because a file went before its first row. */
const TRIES = 20
/** How long `close` waits for what it has interrupted. */
const CLOSE_MS = 2_000

const OPTIONS = z.object({
  root: z.string().describe('the folder that is the lake'),
  tempFolder: z.string().describe('where it spills, and where exports are made'),
  threads: z.int().min(1).optional().describe('how many cores it may use: all'),
  memoryLimitMb: z.int().min(64).optional().describe('memory it may use, in MB: 1024'),
})

export const duckdbWarehouse = defineAdapter({
  port: 'warehouse',
  name: 'duckdb',
  summary: 'SQL over a folder lake, in DuckDB, in this process.',
  options: OPTIONS,
  open: (options) => openWarehouse(options),
})

async function openWarehouse(options: z.output<typeof OPTIONS>): Promise<Warehouse> {
  const [root, tempFolder] = [resolve(options.root), resolve(options.tempFolder)]
  await mkdir(root, { recursive: true })
  await mkdir(tempFolder, { recursive: true })
  const instance = await openLockedDuckdb({
    threads: options.threads ?? availableParallelism(),
    memoryLimit: `${options.memoryLimitMb ?? 1024}MB`,
    tempFolder,
    folders: [root, tempFolder],
  })
  return new DuckdbWarehouse(instance, root, tempFolder)
}

/** What a statement needs to run. */
interface Ready {
  readonly connection: DuckDBConnection
  readonly sql: string
}

class DuckdbWarehouse implements Warehouse {
  readonly #instance: DuckDBInstance
  readonly #root: string
  readonly #tempFolder: string
  readonly #tables: DuckdbTables
  readonly #open = new Set<DuckDBConnection>()
  #closing: Promise<void> | undefined

  constructor(instance: DuckDBInstance, root: string, tempFolder: string) {
    this.#instance = instance
    this.#root = root
    this.#tempFolder = tempFolder
    this.#tables = new DuckdbTables(root)
  }

  catalog(): Promise<readonly TableDescription[]> {
    const all = this.#tables.all()
    return Promise.resolve(all.map(({ name, path, columns, partitionBy }) => ({ name, path, columns, partitionBy })))
  }

  async ensureTable(table: TablePlan): Promise<void> {
    this.#tables.define(table)
  }

  async dropTable(name: string): Promise<void> {
    this.#tables.forget(name)
  }

  /** Nothing to do: folders are listed anew for each query. */
  async addPartitions(): Promise<void> {}

  query(sql: string, options: QueryOptions = {}): AsyncIterable<Page> {
    return this.#running(sql, options.signal, (ready) => pagesOf(ready.connection, ready.sql, options))
  }

  async explain(sql: string): Promise<string> {
    const lines: string[] = []
    for await (const { rows } of this.query(`EXPLAIN ${sql}`)) {
      for (const [, plan] of rows) if (typeof plan === 'string') lines.push(plan)
    }
    return lines.join('\n')
  }

  async export(sql: string, localFile: string, signal?: AbortSignal): Promise<Exported> {
    const target = { tempFolder: this.#tempFolder, localFile }
    for await (const exported of this.#running(sql, signal, ({ connection }) =>
      once(exportResult(connection, sql, target)),
    )) {
      return exported
    }
    throw new SluiceError('INTERNAL', `Exporting to ${localFile} gave no result.`)
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /**
   * Lets the statement pass the gate, shows its tables to a connection of its own, and runs it; all over again where a
   * file went before anything came.
   */
  async *#running<T>(
    sql: string,
    signal: AbortSignal | undefined,
    run: (ready: Ready) => AsyncIterable<T>,
  ): AsyncGenerator<T> {
    for (let tries = 1; ; tries++) {
      const connection = await this.#connect()
      let files: readonly string[] = []
      let given = false
      try {
        using _ = interruptOn(connection, signal)
        throwIfCancelled(signal)
        const admitted = await admit(connection, sql, this.#tables.names)
        const listed = await this.#tables.list(admitted.tables)
        files = listed.flatMap((table) => table.files)
        throwIfCancelled(signal)
        await this.#tables.show(connection, listed)
        const shown = admitted.showsTables ? this.#showTablesSql() : sql
        for await (const item of run({ connection, sql: shown })) {
          given = true
          yield item
        }
        return
      } catch (error) {
        if (given || !fileIsGone(error) || tries === TRIES)
          throw await this.#failure(connection, error, { files, signal })
      } finally {
        this.#open.delete(connection)
        connection.closeSync()
      }
    }
  }

  async #connect(): Promise<DuckDBConnection> {
    if (this.#closing) throw new SluiceError('NOT_CONNECTED', 'The warehouse is closed.')
    const connection = await this.#instance.connect()
    this.#open.add(connection)
    return connection
  }

  async #failure(
    connection: DuckDBConnection,
    error: unknown,
    { files, signal }: { readonly files: readonly string[]; readonly signal: AbortSignal | undefined },
  ): Promise<unknown> {
    if (signal?.aborted) return new SluiceError('CANCELLED', 'The query was cancelled.', { cause: error })
    if (isSluiceError(error)) return error
    if (fileIsGone(error)) {
      return new SluiceError('NOT_CONNECTED', 'A file went while it was read.', { cause: error, retryable: true })
    }
    return (await damagedFile(connection, error, { root: this.#root, files })) ?? sqlFailure(error)
  }

  #showTablesSql(): string {
    const names = this.#tables.names.map((name) => `(${literal(name)})`)
    if (names.length === 0) return 'SELECT NULL::VARCHAR AS name WHERE false'
    return `SELECT * FROM (VALUES ${names.join(', ')}) AS tables (name) ORDER BY name`
  }

  // A reader that stopped in the middle of its pages holds its connection: then the instance lives until the process ends.
  async #close(): Promise<void> {
    for (const connection of this.#open) connection.interrupt()
    for (let waited = 0; this.#open.size > 0 && waited < CLOSE_MS; waited += 10) await setTimeout(10)
    if (this.#open.size === 0) this.#instance.closeSync()
  }
}

async function* once<T>(result: Promise<T>): AsyncGenerator<T> {
  yield await result
}
