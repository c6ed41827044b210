import { randomUUID } from 'node:crypto'
import type { ErrorCode } from '#contract/error-codes.ts'
import { SluiceError } from '#engine/core/sluice-error.ts'
import { identifier } from '#engine/core/sql-literal.ts'
import type { Page, QueryOptions, ResultColumn } from '#engine/ports/warehouse.ts'
import { cellOf } from './pglite-cells.ts'
import { errorPosition, sqlState } from './pglite-errors.ts'
import { READER } from './pglite-schema.ts'
import type { PgliteSession, PgliteTransaction } from './pglite-session.ts'

const PAGE_ROWS = 1_000
const DOING = 'asking the database'

/** The statements that may be asked: of a cursor, or (as they allow none) as a whole. */
const SELECTS = /^(select|with|values|table|\()/i
const SHOWS = /^(explain|show)\b/i
const COMMENTS_AND_BLANKS = /^(\s|--[^\n]*(\n|$)|\/\*[^]*?\*\/)+/

/** Errors that say that something was forbidden, and not that the SQL is wrong. */
const REFUSED: ReadonlySet<string> = new Set(['25006', '25001', '42501', '0A000'])

/** A statement of ours around one of the user's. */
interface Asked {
  readonly before: string
  readonly sql: string
  readonly after: string
}

/**
 * Pages of the answer to one statement. It runs read-only and as a role that can only read. The answer is kept by
 * Postgres (a held cursor) while pages are fetched, so that a slow reader holds up no sink.
 */
export async function* queryPages(session: PgliteSession, sql: string, options: QueryOptions): AsyncGenerator<Page> {
  const bare = sql.replace(COMMENTS_AND_BLANKS, '')
  stopIfAborted(options.signal)
  if (SELECTS.test(bare)) yield* selectPages(session, sql, options)
  else if (SHOWS.test(bare)) {
    const asked = { before: '', sql, after: '' }
    const { columns, rows } = await readOnly(session, asked, (statements) => answer(statements, sql))
    yield { columns, rows: rows.slice(0, options.maxRows) }
  } else
    throw new SluiceError('SQL_REFUSED', `${DOING}: only SELECT, WITH, VALUES, TABLE, EXPLAIN and SHOW may be asked`)
}

async function* selectPages(session: PgliteSession, sql: string, options: QueryOptions): AsyncGenerator<Page> {
  const { maxRows = Infinity, signal } = options
  const cursor = identifier(randomUUID())
  const asked = askedOf(sql, cursor, maxRows)
  await readOnly(session, asked, (statements) => statements.rows(asked.before + asked.sql + asked.after))
  try {
    const fetch = `FETCH ${PAGE_ROWS} FROM ${cursor}`
    let columns: Page['columns'] | undefined
    for (;;) {
      stopIfAborted(signal)
      const page = await session.transaction(DOING, (statements) => answer(statements, fetch, columns))
      if (page.rows.length > 0 || columns === undefined) yield page
      if (page.rows.length < PAGE_ROWS) return
      columns = page.columns
    }
  } finally {
    if (!session.closed) await session.run(DOING, `CLOSE ${cursor}`)
  }
}

function askedOf(sql: string, cursor: string, maxRows: number): Asked {
  const before = `DECLARE ${cursor} CURSOR WITH HOLD FOR `
  const whole = sql.replace(/;\s*$/, '')
  if (!Number.isFinite(maxRows)) return { before, sql: whole, after: '' }
  // The line end keeps a comment at the end of the SQL from swallowing what follows.
  return { before: `${before}SELECT * FROM (`, sql: whole, after: `\n) AS answer LIMIT ${Math.floor(maxRows)}` }
}

async function readOnly<Result>(
  session: PgliteSession,
  asked: Asked,
  act: (statements: PgliteTransaction) => Promise<Result>,
): Promise<Result> {
  return session.transaction(DOING, async (statements) => {
    await statements.rows('SET TRANSACTION READ ONLY')
    await statements.rows(`SET LOCAL ROLE ${READER}`)
    try {
      return await act(statements)
    } catch (error) {
      throw fromSql(error, asked)
    }
  })
}

/** Runs a statement that gives rows. Its columns are found out unless they are given. */
async function answer(statements: PgliteTransaction, sql: string, known?: Page['columns']): Promise<Page> {
  const { fields, rows } = await statements.texts(sql)
  const columns = known ?? (await namedTypes(statements, fields))
  return { columns, rows: rows.map((row) => row.map((text, index) => cellOf(fields[index]?.dataTypeID, text))) }
}

async function namedTypes(
  statements: PgliteTransaction,
  fields: readonly { readonly name: string; readonly dataTypeID: number }[],
): Promise<readonly ResultColumn[]> {
  const oids = fields.map((field) => field.dataTypeID)
  const types = await statements.rows(
    'SELECT format_type(oid, NULL) AS type FROM unnest($1::oid[]) WITH ORDINALITY AS given (oid, place) ORDER BY place',
    [`{${oids.join(',')}}`],
  )
  return fields.map(({ name }, index) => ({ name, type: String(types[index]?.['type']) }))
}

function fromSql(cause: unknown, { before, sql }: Asked): unknown {
  const state = sqlState(cause)
  if (state === undefined || !(cause instanceof Error)) return cause
  const several = cause.message.includes('multiple commands')
  const text = `${DOING}: ${several ? 'only one statement at a time may be asked' : cause.message}`
  const position = errorPosition(cause)
  const place = position === undefined ? undefined : placeIn(sql, position - before.length)
  return new SluiceError(several ? 'SQL_REFUSED' : codeOf(state), text, { cause, ...(place && { place }) })
}

function codeOf(state: string): ErrorCode {
  if (REFUSED.has(state)) return 'SQL_REFUSED'
  return state === '42P01' ? 'TABLE_UNKNOWN' : 'SQL_FAILED'
}

function placeIn(sql: string, position: number): { readonly line: number; readonly column: number } | undefined {
  if (position < 0 || position > sql.length) return undefined
  const lines = sql.slice(0, position).split('\n')
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 }
}

function stopIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new SluiceError('CANCELLED', DOING, { cause: signal.reason })
}
