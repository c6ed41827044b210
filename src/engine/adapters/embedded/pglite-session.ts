import { realpathSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { PGlite } from '@electric-sql/pglite'
import type { Transaction } from '@electric-sql/pglite'
import { SluiceError } from '#engine/core/sluice-error.ts'
import { fromPostgres, sqlState } from './pglite-errors.ts'

/** One value of a row as the driver gives it. */
export type SqlValue = string | number | bigint | boolean | null
export type SqlRow = Readonly<Record<string, unknown>>

/** Runs statements of one transaction. */
export interface PgliteTransaction {
  /** One statement with its parameters $1, $2 …: the rows. */
  rows(sql: string, parameters?: readonly SqlValue[]): Promise<readonly SqlRow[]>
  /** One statement: its columns, and each row as the texts that Postgres writes. */
  texts(sql: string): Promise<TextRows>
}

export interface TextRows {
  readonly fields: readonly { readonly name: string; readonly dataTypeID: number }[]
  readonly rows: readonly (readonly (string | null)[])[]
}

/** The folders that this process has open: PGlite itself lets two openers lose rows without a word. */
const OPEN = new Set<string>()

/** A Postgres in WASM on one folder. Transactions run one after the other, however many are asked for at once. */
export class PgliteSession {
  readonly #postgres: PGlite
  readonly #folder: string
  #closing: Promise<void> | undefined

  private constructor(postgres: PGlite, folder: string) {
    this.#postgres = postgres
    this.#folder = folder
  }

  /** ENGINE_RUNNING where this process has it open already, STORE_DAMAGED where Postgres can't start on it. */
  static async open(path: string): Promise<PgliteSession> {
    const folder = await madeFolder(path)
    if (OPEN.has(folder)) throw new SluiceError('ENGINE_RUNNING', `opening the database ${folder} a second time`)
    OPEN.add(folder)
    try {
      return new PgliteSession(await PGlite.create({ dataDir: folder }), folder)
    } catch (cause) {
      OPEN.delete(folder)
      const full = sqlState(cause) === 'ENOSPC'
      throw new SluiceError(full ? 'DISK_FULL' : 'STORE_DAMAGED', `opening the database ${folder}`, {
        cause,
        retryable: full,
      })
    }
  }

  get closed(): boolean {
    return this.#closing !== undefined
  }

  /** All of it is done when it resolves, nothing if it rejects. */
  async transaction<Result>(doing: string, act: (sql: PgliteTransaction) => Promise<Result>): Promise<Result> {
    if (this.#closing) throw new SluiceError('NOT_CONNECTED', `${doing}: the database is closed`)
    try {
      return await this.#postgres.transaction((transaction) => act(this.#statements(transaction)))
    } catch (error) {
      throw fromPostgres(error, doing)
    }
  }

  /** Statements without parameters, separated by semicolons, outside a transaction of ours. */
  async run(doing: string, sql: string): Promise<void> {
    try {
      await this.#postgres.exec(sql)
    } catch (error) {
      throw fromPostgres(error, doing)
    }
  }

  /** Idempotent; waits for what is under way. */
  close(): Promise<void> {
    this.#closing ??= this.#postgres.close().finally(() => OPEN.delete(this.#folder))
    return this.#closing
  }

  #statements(transaction: Transaction): PgliteTransaction {
    // Every type that has a parser, arrays too, is asked for as its text.
    const known = Object.keys(this.#postgres.parsers)
    const parsers = Object.fromEntries(known.map((oid) => [oid, (text: string) => text]))
    return {
      rows: async (sql, parameters = []) => (await transaction.query<SqlRow>(sql, [...parameters])).rows,
      texts: (sql) => transaction.query<(string | null)[]>(sql, [], { rowMode: 'array', parsers }),
    }
  }
}

async function madeFolder(path: string): Promise<string> {
  try {
    await mkdir(path, { recursive: true })
    return realpathSync(path)
  } catch (cause) {
    throw new SluiceError('FILE_UNREADABLE', `making the database folder ${path}`, { cause })
  }
}
