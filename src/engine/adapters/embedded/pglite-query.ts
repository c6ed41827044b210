import { randomUUID } from 'node:crypto'
import { SluiceError } from '#engine/core/sluice-error.ts'
import { identifier } from '#engine/core/sql-literal.ts'
import type { Page, QueryOptions, ResultColumn } from '#engine/ports/warehouse.ts'
import { cellOf } from './pglite-cells.ts'
import { errorPosition, sqlState } from './pglite-errors.ts'
import { READER } from './pglite-schema.ts'
import type { PgliteSession, PgliteTransaction } from './pglite-session.ts'

const PAGE_ROWS = 1_000
/** Rows that are fetched at once, in the transaction that asks. */
const EAGER_ROWS = 10 * PAGE_ROWS
const DOING = 'asking the database'

/** The statements that may be asked: of a cursor, or (as they allow none) as a whole. */
const SELECTS = /^(select|with|values|table|\()/i
const SHOWS = /^(explain|show)\b/i
const COMMENTS_AND_BLANKS = /^(\s|--[^\n]*(\n|$)|\/\*[^]*?\*\/)+/

/** Errors that say that something was forbidden, and not that the SQL is wrong. */
const REFUSED: ReadonlySet<string> = new Set(['25006', '25001', '42501', '0A000'])
const REFUSED_WORDS = /multiple commands|INTO is not allowed/

/**
 * Pages of the answer to one statement. It runs read-only and as a role that can only read. What goes beyond the first
 * 10,000 rows is kept by Postgres (a held cursor) while it is fetched, so that a slow reader holds up no sink.
 */
export async function* queryPages(session: PgliteSession, sql: string, options: QueryOptions): AsyncGenerator<Page> {
  const bare = sql.replace(COMMENTS_AND_BLANKS, '')
  stopIfAborted(options.signal)
  if (SELECTS.test(bare)) yield* selectPages(session, sql, options)
  else if (SHOWS.test(bare)) {
    const { columns, rows } = await readOnly(session, (statements) =>
      guarded('', sql, (show) => answer(statements, show)),
    )
    yield { columns, rows: rows.slice(0, options.maxRows) }
  } else
    throw new SluiceError('SQL_REFUSED', `${DOING}: only SELECT, WITH, VALUES, TABLE, EXPLAIN and SHOW may be asked`)
}

async function* selectPages(session: PgliteSession, sql: string, options: QueryOptions): AsyncGenerator<Page> {
  const { maxRows = Infinity, signal } = options
  const cursor = identifier(randomUUID())
  const first = await firstRows(session, { sql, cursor, wanted: Math.min(EAGER_ROWS, maxRows) })
  try {
    yield* pagesOf(first.page, signal)
    const { columns } = first.page
    let left = first.held ? maxRows - first.page.rows.length : 0
    while (left > 0) {
      stopIfAborted(signal)
      const fetch = `FETCH ${Math.min(PAGE_ROWS, left)} FROM ${cursor}`
      const page = await session.transaction(DOING, (statements) => answer(statements, fetch, columns))
      if (page.rows.length > 0) yield page
      left = page.rows.length < PAGE_ROWS ? 0 : left - page.rows.length
    }
  } finally {
    if (first.held && !session.closed) await session.run(DOING, `CLOSE ${cursor}`)
  }
}

interface FirstRows {
  readonly page: Page
  /** There may be more: the cursor holds them. */
  readonly held: boolean
}

/** The rows that are `wanted` at once. Only where there may be more does Postgres work out and keep the whole answer. */
async function firstRows(
  session: PgliteSession,
  { sql, cursor, wanted }: { readonly sql: string; readonly cursor: string; readonly wanted: number },
): Promise<FirstRows> {
  return readOnly(session, async (statements) => {
    const declare = `DECLARE ${cursor} CURSOR WITH HOLD FOR `
    const page = await guarded(declare, sql, async (declaration) => {
      await statements.rows(declaration)
      return answer(statements, `FETCH ${wanted} FROM ${cursor}`)
    })
    const held = page.rows.length === EAGER_ROWS
    if (!held) await statements.rows(`CLOSE ${cursor}`)
    return { page, held }
  })
}

function* pagesOf({ columns, rows }: Page, signal: AbortSignal | undefined): Generator<Page> {
  for (let from = 0; from === 0 || from < rows.length; from += PAGE_ROWS) {
    stopIfAborted(signal)
    yield { columns, rows: rows.slice(from, from + PAGE_ROWS) }
  }
}

function readOnly<Result>(
  session: PgliteSession,
  act: (statements: PgliteTransaction) => Promise<Result>,
): Promise<Result> {
  return session.transaction(DOING, async (statements) => {
    await statements.rows('SET TRANSACTION READ ONLY')
    await statements.rows(`SET LOCAL ROLE ${READER}`)
    return act(statements)
  })
}

/** Acts on the user's SQL with ours before it; errors are said of his, with the place in it. */
async function guarded<Result>(before: string, sql: string, act: (sql: string) => Promise<Result>): Promise<Result> {
  try {
    return await act(before + sql)
  } catch (error) {
    throw fromSql(error, before, sql)
  }
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

function fromSql(cause: unknown, before: string, sql: string): unknown {
  const state = sqlState(cause)
  if (state === undefined || !(cause instanceof Error)) return cause
  const position = errorPosition(cause)
  const place = position === undefined ? undefined : placeIn(sql, position - before.length)
  const refused = REFUSED.has(state) || REFUSED_WORDS.test(cause.message)
  const code = refused ? 'SQL_REFUSED' : state === '42P01' ? 'TABLE_UNKNOWN' : 'SQL_FAILED'
  return new SluiceError(code, `${DOING}: ${cause.message}`, { cause, ...(place && { place }) })
}

function placeIn(sql: string, position: number): { readonly line: number; readonly column: number } | undefined {
  if (position < 0 || position > sql.length) return undefined
  const lines = sql.slice(0, position).split('\n')
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 }
}

function stopIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new SluiceError('CANCELLED', DOING, { cause: signal.reason })
}
