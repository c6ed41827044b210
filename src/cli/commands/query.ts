import { open, type FileHandle } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Context } from '#cli/context.ts'
import { formatBytes, formatNumberOf } from '#cli/format.ts'
import { numberOption } from '#cli/options.ts'
import { answer, note } from '#cli/print.ts'
import { csvRows, jsonRows, ndjsonRows, type RowFormat } from '#cli/row-format.ts'
import { rowsTable } from '#cli/rows-table.ts'
import { openSession, type Session } from '#cli/session.ts'
import { usage, verb, type ExitCode } from '#cli/verb.ts'
import type { Query, SqlPage } from '#contract/sql.ts'
import { SluiceError } from '#engine/core/sluice-error.ts'

/** Rows that a table on screen holds unless more are asked for: its columns can't be aligned before the last one is known. */
const TABLE_ROWS = 1000

const FORMATS = ['table', 'json', 'ndjson', 'csv', 'parquet'] as const
type Format = (typeof FORMATS)[number]

export const query = verb({
  usage: 'query "<sql>" [--format table|json|ndjson|csv|parquet] [options]',
  about: `One SELECT, SHOW, DESCRIBE or EXPLAIN over the tables of the lake, or with --on database over those of the
database. "-" reads the SQL from stdin. Integers beyond 2^53 and decimals come as text in JSON,
timestamps as ISO 8601.`,
  examples: [
    ['sluice query "SHOW TABLES"', 'what there is'],
    ['sluice query "SELECT country, count(*) AS n FROM customers_usa GROUP BY 1" --format csv', 'for a spreadsheet'],
    ['sluice query "SELECT * FROM objects" --format parquet --output objects.parquet', 'all of it, as a file'],
    ['sluice query "SELECT * FROM customers LIMIT 5" --on database', 'from Postgres'],
  ],
  args: {
    sql: { type: 'positional', required: true, description: 'The statement, or - for stdin' },
    format: {
      type: 'string',
      valueHint: 'FORMAT',
      description: 'table, json, ndjson, csv or parquet (default: table)',
    },
    output: { type: 'string', alias: 'o', valueHint: 'FILE', description: 'Into a new file instead of stdout' },
    on: { type: 'string', valueHint: 'WHERE', description: 'warehouse (the default) or database' },
    'max-rows': { type: 'string', valueHint: 'N', description: 'No more than so many rows' },
  },
  run: async (args, context) => {
    const format = formatOf(args.format, context)
    const request = { ...source(args.on), maxRows: numberOption('max-rows', args['max-rows'], { min: 1 }) }
    const file = args.output === undefined ? undefined : resolve(context.terminal.cwd, args.output)
    const sql = args.sql === '-' ? await textOf(context.terminal.stdin) : args.sql
    if (format === 'parquet') return exportParquet(context, { ...request, sql }, file)
    await using session = await openSession(context)
    const ask = { session, context, request: { ...request, sql } }
    if (format === 'table') return await showTable(ask, file)
    return await writeRows(ask, { json: jsonRows, ndjson: ndjsonRows, csv: csvRows }[format](), file)
  },
})

function formatOf(text: string | undefined, { json }: Context): Format {
  const wanted = text ?? (json ? 'json' : 'table')
  const format = FORMATS.find((candidate) => candidate === wanted)
  if (!format) throw usage(`--format ${wanted} is none of ${FORMATS.join(', ')}.`)
  return format
}

function source(on: string | undefined): Pick<Query, 'on'> {
  if (on === undefined || on === 'warehouse') return {}
  if (on === 'database') return { on }
  throw usage(`--on ${on} is neither warehouse nor database.`)
}

async function textOf(stdin: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of stdin) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

interface Ask {
  readonly session: Session
  readonly context: Context
  readonly request: Query
}

async function showTable({ session, context, request }: Ask, file: string | undefined): Promise<ExitCode> {
  const limit = request.maxRows ?? TABLE_ROWS
  let columns: SqlPage['columns'] = []
  const rows: SqlPage['rows'][number][] = []
  const pages = await session.client.sql.query({ ...request, maxRows: limit + 1 }, { signal: context.signal })
  for await (const page of pages) {
    columns = page.columns
    rows.push(...page.rows)
  }
  await using out = await openOutput(context, file)
  await out.write(rowsTable(columns, rows.slice(0, limit)))
  if (rows.length > limit && request.maxRows === undefined) {
    await context.terminal.stderr.write(`Only the first ${formatNumberOf(limit, 'row')}; all of them: --format csv.\n`)
  } else await note(context, formatNumberOf(Math.min(rows.length, limit), 'row'))
  return 0
}

async function writeRows(
  { session, context, request }: Ask,
  format: RowFormat,
  file: string | undefined,
): Promise<ExitCode> {
  const pages = await session.client.sql.query(request, { signal: context.signal })
  await using out = await openOutput(context, file)
  for await (const page of pages) await out.write(format.page(page))
  await out.write(format.end())
  return 0
}

interface Output extends AsyncDisposable {
  write(text: string): Promise<void>
}

async function openOutput({ terminal }: Context, file: string | undefined): Promise<Output> {
  if (file === undefined) {
    return { write: (text) => terminal.stdout.write(text), [Symbol.asyncDispose]: () => Promise.resolve() }
  }
  const handle = await openNew(file)
  return { write: (text) => handle.appendFile(text), [Symbol.asyncDispose]: () => handle.close() }
}

async function openNew(file: string): Promise<FileHandle> {
  try {
    return await open(file, 'wx')
  } catch (cause) {
    const exists = cause instanceof Error && 'code' in cause && cause.code === 'EEXIST'
    throw new SluiceError(exists ? 'FILE_EXISTS' : 'FILE_UNREADABLE', `writing ${file}`, { cause })
  }
}

async function exportParquet(context: Context, request: Query, file: string | undefined): Promise<ExitCode> {
  if (file === undefined) throw usage('--format parquet needs --output FILE.')
  if (request.on === 'database') throw usage('--format parquet takes tables of the lake only.')
  if (request.maxRows !== undefined) throw usage('--format parquet takes all rows: put the limit into the SQL.')
  await using session = await openSession(context)
  const done = await session.client.sql.export({ sql: request.sql, file }, { signal: context.signal })
  return await answer(
    context,
    done,
    () => `${formatNumberOf(done.rows, 'row')} in ${done.file} (${formatBytes(done.bytes)})\n`,
  )
}
