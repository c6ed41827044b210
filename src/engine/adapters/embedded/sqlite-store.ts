import type { DatabaseSync } from 'node:sqlite'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { SluiceError } from '#engine/core/sluice-error.ts'
import { fromSqlite } from './sqlite-errors.ts'
import { openSqliteFile } from './sqlite-file.ts'
import { patiently } from './sqlite-patience.ts'
import { Sql } from './sqlite-sql.ts'

/** Transactions that share one commit, and so one fsync: few enough to keep this thread free. */
const MAX_SHARED = 64

interface Task {
  readonly doing: string
  /** Does the work in the open transaction; what comes back tells the caller, once that is committed. */
  run(sql: Sql): () => void
  reject(error: unknown): void
}

/**
 * One connection to the store's file. The work of a transaction is synchronous, so no two of this process are ever open
 * at once; those of other processes are waited for without blocking the thread.
 */
export class SqliteStore {
  readonly file: string
  readonly #db: DatabaseSync
  readonly #sql: Sql
  readonly #tasks: Task[] = []
  #draining: Promise<void> | undefined
  #closed = false

  /** Opens the store in `file`, founding it where there is none; errors of `openSqliteFile`. */
  static async open(file: string): Promise<SqliteStore> {
    return new SqliteStore(file, await openSqliteFile(file))
  }

  private constructor(file: string, db: DatabaseSync) {
    this.file = file
    this.#db = db
    this.#sql = new Sql(file, db)
  }

  /** Runs `work` on a snapshot of one moment, at once. */
  async read<T>(doing: string, work: (sql: Sql) => T): Promise<T> {
    this.#mustBeOpen(doing)
    try {
      return await this.#patiently(doing, () => this.#within('BEGIN', () => work(this.#sql)))
    } finally {
      // Whoever reads in a loop would else keep timers, sockets and other jobs of this thread from ever running.
      await nextTurn()
    }
  }

  /**
   * Runs `work` in a transaction of its own, on disk when this resolves; if `work` throws, or the disk fails, nothing of
   * it is there. Transactions asked for while another is under way share one commit. `work` may be run again.
   */
  async write<T>(doing: string, work: (sql: Sql) => T): Promise<T> {
    this.#mustBeOpen(doing)
    return new Promise<T>((resolve, reject) => {
      const run = (sql: Sql): (() => void) => {
        const value = work(sql)
        return () => resolve(value)
      }
      this.#tasks.push({ doing, run, reject })
      this.#draining ??= this.#drain()
    })
  }

  /** Changes whenever another connection has committed. */
  dataVersion(): number | undefined {
    return this.#sql.one<{ data_version: number }>('PRAGMA data_version')?.data_version
  }

  /** Idempotent; waits for the transactions under way. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#draining
    this.#db.close()
  }

  #mustBeOpen(doing: string): void {
    if (this.#closed) throw new SluiceError('NOT_CONNECTED', `${doing}: the broker was closed`)
  }

  async #drain(): Promise<void> {
    for (;;) {
      // A turn of the event loop between two commits: others get their time, and more transactions come together.
      await nextTurn()
      const tasks = this.#tasks.splice(0, MAX_SHARED)
      if (tasks.length === 0) break
      await this.#commit(tasks)
    }
    this.#draining = undefined
  }

  async #commit(tasks: readonly Task[]): Promise<void> {
    try {
      const settled = await this.#patiently(tasks[0]?.doing ?? '', () =>
        this.#within('BEGIN IMMEDIATE', () => this.#runAll(tasks)),
      )
      for (const settle of settled) settle()
    } catch (error) {
      for (const task of tasks) task.reject(error)
    }
  }

  #runAll(tasks: readonly Task[]): readonly (() => void)[] {
    const [only] = tasks
    if (only && tasks.length === 1) return [only.run(this.#sql)]
    return tasks.map((task) => this.#runApart(task))
  }

  /** One task of several: its failure takes back its own work only, unless SQLite has given up the whole transaction. */
  #runApart(task: Task): () => void {
    this.#sql.run('SAVEPOINT task')
    try {
      const settle = task.run(this.#sql)
      this.#sql.run('RELEASE task')
      return settle
    } catch (error) {
      if (!this.#db.isTransaction) throw error
      this.#sql.run('ROLLBACK TO task')
      this.#sql.run('RELEASE task')
      return () => task.reject(fromSqlite(error, task.doing, this.file))
    }
  }

  #within<T>(begin: 'BEGIN' | 'BEGIN IMMEDIATE', work: () => T): T {
    this.#sql.run(begin)
    try {
      const value = work()
      this.#sql.run('COMMIT')
      return value
    } catch (error) {
      if (this.#db.isTransaction) this.#sql.run('ROLLBACK')
      throw error
    }
  }

  async #patiently<T>(doing: string, attempt: () => T): Promise<T> {
    try {
      return await patiently(attempt)
    } catch (error) {
      throw fromSqlite(error, doing, this.file)
    }
  }
}
