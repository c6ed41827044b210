import { blobValue } from '@duckdb/node-api'
import { lineStarts, pickLines } from '#engine/core/batch-lines.ts'
import type { Column } from '#engine/core/columns.ts'
import { REJECT_CODES, type RejectCode } from '#engine/core/reject-reason.ts'
import { identifier } from '#engine/core/sql-literal.ts'
import type { DuckdbSession } from './duckdb-connection.ts'
import { createTableSql, type Extras, INDEX, insertSql, judgeSql, REJECT } from './duckdb-parse-sql.ts'
import { firstRow, integersOf } from './duckdb-results.ts'

/** What is wrong with a record, by its index in the batch. */
export interface Refusal {
  readonly index: number
  readonly code: RejectCode
  /** The column's place; absent where the whole record is at fault. */
  readonly column?: number
  readonly text: string
}

export interface BatchBytes {
  /** Valid UTF-8, `count` lines. */
  readonly ndjson: Uint8Array
  readonly count: number
  /** Offsets and the broker's times, where the table's extras hold them: as text, joined by commas. */
  readonly extras: readonly string[]
}

export interface BatchTableOptions {
  readonly name: string
  readonly columns: readonly Column[]
  readonly extras: Extras
  readonly session: DuckdbSession
}

/**
 * A table that holds one parsed batch at a time, with a session of its own: its statements are planned once and serve
 * batch after batch.
 */
export class BatchTable {
  readonly name: string
  readonly session: DuckdbSession
  readonly #options: BatchTableOptions
  readonly #doubles: boolean
  /** The batch before had malformed lines: this one may well have some, too. */
  #guarded = false

  private constructor(options: BatchTableOptions) {
    this.name = options.name
    this.session = options.session
    this.#options = options
    this.#doubles = options.columns.some(({ type }) => type === 'double')
  }

  static async create(options: BatchTableOptions): Promise<BatchTable> {
    await options.session.runOnce(createTableSql(options.name, options.columns, options.extras))
    return new BatchTable(options)
  }

  /** Takes a batch into the empty table, which then holds a row for each record that isn't refused. */
  async load(bytes: BatchBytes): Promise<readonly Refusal[]> {
    await this.#insert(bytes)
    if ((await this.#doubtful(bytes.count)) === 0) return []
    await this.#judge(bytes)
    const refusals = await this.#takeOutRefused()
    this.#guarded = refusals.some(({ code }) => code === 'record')
    return refusals
  }

  async clear(): Promise<void> {
    await this.session.run(`TRUNCATE ${identifier(this.name)}`)
  }

  async drop(): Promise<void> {
    await this.session.runOnce(`DROP TABLE ${identifier(this.name)}`)
    await this.session.close()
  }

  // A malformed line fails the whole statement and leaves nothing behind: then again, with each line looked at first.
  async #insert({ ndjson, extras }: BatchBytes): Promise<void> {
    const blob = blobValue(ndjson)
    const booleans = this.#doubles && holdsBooleans(ndjson)
    const insert = (guarded: boolean): Promise<unknown> => {
      const { columns, extras: held } = this.#options
      return this.session.run(insertSql(this.name, columns, { ...held, booleans, guarded }), [blob, ...extras])
    }
    if (this.#guarded) return void (await insert(true))
    try {
      await insert(false)
    } catch {
      await insert(true)
    }
  }

  async #doubtful(expected: number): Promise<number> {
    const table = identifier(this.name)
    const [rows, doubtful] = await firstRow(await this.session.run(`SELECT count(*), count(${REJECT}) FROM ${table}`))
    if (Number(rows) !== expected) throw new Error(`a batch of ${expected} records gave ${Number(rows)} rows`)
    return Number(doubtful)
  }

  async #judge({ ndjson, count }: BatchBytes): Promise<void> {
    const marked = `SELECT ${INDEX} FROM ${identifier(this.name)} WHERE ${REJECT} IS NOT NULL`
    const indexes = await integersOf(await this.session.run(marked))
    const lines = pickLines(ndjson, lineStarts({ ndjson, count }), indexes)
    await this.session.run(judgeSql(this.name, this.#options.columns), [blobValue(lines), indexes.join(',')])
  }

  async #takeOutRefused(): Promise<readonly Refusal[]> {
    const refused = `FROM ${identifier(this.name)} WHERE ${REJECT} IS NOT NULL`
    const result = await this.session.run(`SELECT ${INDEX}, ${REJECT} ${refused} ORDER BY ${INDEX}`)
    const rows = await result.getRows()
    if (rows.length > 0) await this.session.run(`DELETE ${refused}`)
    return rows.map(([index, verdict]) => refusalOf(Number(index), String(verdict)))
  }
}

function holdsBooleans(ndjson: Uint8Array): boolean {
  const bytes = Buffer.from(ndjson.buffer, ndjson.byteOffset, ndjson.byteLength)
  return bytes.includes('true') || bytes.includes('false')
}

/** Reads a verdict of `judgeSql`: `<column>:<code>:<text>`. */
function refusalOf(index: number, verdict: string): Refusal {
  const [, column = '', word = '', text = ''] = /^(\d*):([a-z]+):(.*)$/s.exec(verdict) ?? []
  const code = REJECT_CODES.find((known) => known === word) ?? 'record'
  return { index, code, text, ...(column !== '' && { column: Number(column) }) }
}
