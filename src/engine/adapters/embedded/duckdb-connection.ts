import type { DuckDBConnection, DuckDBMaterializedResult, DuckDBPreparedStatement, DuckDBValue } from '@duckdb/node-api'
import { SluiceError } from '#engine/core/sluice-error.ts'
import { fromDisk, plainDuckdbMessage } from './duckdb-errors.ts'

/**
 * A connection that does one thing after another, whoever asks, and keeps the statements it has prepared. Each text is
 * one statement: with a second one behind it, it is refused and nothing of it runs. SQL_FAILED for a text that can't be
 * planned, DISK_FULL where it is; what else fails as it runs is DuckDB's own error.
 */
export class DuckdbSession {
  readonly #connection: DuckDBConnection
  readonly #prepared = new Map<string, DuckDBPreparedStatement>()
  #last: Promise<unknown> = Promise.resolve()

  constructor(connection: DuckDBConnection) {
    this.#connection = connection
  }

  /** Runs a statement that comes again and again: it is planned once. */
  run(sql: string, values: readonly DuckDBValue[] = []): Promise<DuckDBMaterializedResult> {
    return this.#inTurn(async () => {
      const statement = this.#prepared.get(sql) ?? (await this.#prepare(sql))
      this.#prepared.set(sql, statement)
      return execute(statement, values)
    })
  }

  /** Runs a statement that comes once. */
  runOnce(sql: string, values: readonly DuckDBValue[] = []): Promise<DuckDBMaterializedResult> {
    return this.#inTurn(async () => {
      const statement = await this.#prepare(sql)
      try {
        return await execute(statement, values)
      } finally {
        statement.destroySync()
      }
    })
  }

  /** Waits for what is under way. */
  async close(): Promise<void> {
    await this.#inTurn(() => Promise.resolve())
    for (const statement of this.#prepared.values()) statement.destroySync()
    this.#prepared.clear()
    this.#connection.closeSync()
  }

  async #prepare(sql: string): Promise<DuckDBPreparedStatement> {
    try {
      return await this.#connection.prepare(sql)
    } catch (cause) {
      throw new SluiceError('SQL_FAILED', plainDuckdbMessage(cause), { cause })
    }
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const done = this.#last.then(act, act)
    this.#last = done.catch(() => undefined)
    return done
  }
}

async function execute(
  statement: DuckDBPreparedStatement,
  values: readonly DuckDBValue[],
): Promise<DuckDBMaterializedResult> {
  try {
    statement.bind([...values])
    return await statement.run()
  } catch (error) {
    throw fromDisk(error)
  } finally {
    // A bound batch is megabytes; the statement lives on.
    statement.clearBindings()
  }
}
