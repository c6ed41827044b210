import type { DuckDBConnection } from '@duckdb/node-api'
import { z } from 'zod'
import type { SqlParser, SqlProblem } from '#engine/ports/sql-parser.ts'
import { openLockedDuckdb } from './duckdb-instance.ts'
import { relocate, type SourceText } from './duckdb-syntax-tree.ts'

const SELECT_NODE = z.looseObject({ select_list: z.array(z.unknown()).optional() })

const SERIALIZED = z.discriminatedUnion('error', [
  z.object({ error: z.literal(false), statements: z.array(z.object({ node: SELECT_NODE })) }),
  z.object({ error: z.literal(true), error_message: z.string(), position: z.coerce.number().optional() }),
])

type Outcome = { readonly node: z.output<typeof SELECT_NODE> } | SqlProblem

/**
 * A parser of DuckDB's dialect in a process of its own memory; nothing is ever run or bound. `statement` gives the query
 * node (`SELECT_NODE`, `SET_OPERATION_NODE`, …), `expression` the expression's node; every `query_location` in them is a
 * 0-based offset in characters of the text given, or absent.
 */
export async function openDuckdbSqlParser(): Promise<SqlParser> {
  const instance = await openLockedDuckdb({ threads: 1, memoryLimit: '256MB' })
  const connection = await instance.connect()
  let closed = false
  const close = (): Promise<void> => {
    if (!closed) connection.closeSync()
    if (!closed) instance.closeSync()
    closed = true
    return Promise.resolve()
  }
  return {
    statement: (sql) => parseStatement(connection, sql),
    expression: (sql) => parseExpression(connection, sql),
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** The query node of one SELECT statement (DESCRIBE, SHOW and SUMMARIZE are such, too), or what is wrong with the text. */
export async function parseStatement(
  connection: DuckDBConnection,
  sql: string,
): Promise<{ tree: unknown } | SqlProblem> {
  const outcome = await parse(connection, { text: sql, before: '', after: '' })
  return 'message' in outcome ? outcome : { tree: outcome.node }
}

/**
 * `a) OR (b` is a whole within one pair of brackets, but no expression. Whatever parses both in brackets and as the
 * operand of a CAST is one: to break out of the first it has to close a bracket, which leaves a CAST without its AS.
 */
async function parseExpression(connection: DuckDBConnection, sql: string): Promise<{ tree: unknown } | SqlProblem> {
  const bracketed = await parse(connection, { text: sql, before: 'SELECT (', after: '\n)' })
  if ('message' in bracketed) return bracketed
  const cast = await parse(connection, { text: sql, before: 'SELECT CAST(', after: '\nAS INT)' })
  if ('message' in cast) return cast
  const [tree, ...others] = bracketed.node.select_list ?? []
  return others.length === 0 && tree !== undefined ? { tree } : { message: 'this is not one expression', position: 0 }
}

async function parse(connection: DuckDBConnection, source: SourceText): Promise<Outcome> {
  const nul = source.text.indexOf('\0')
  if (nul >= 0) return { message: 'the text holds a NUL character', position: nul }
  const sql = source.before + source.text + source.after
  const reader = await connection.runAndReadAll('SELECT json_serialize_sql($1::VARCHAR)::VARCHAR', [sql])
  const parsed = SERIALIZED.parse(JSON.parse(String(reader.getRows()[0]?.[0])))
  if (parsed.error) return problemOf(parsed.error_message, parsed.position, source)
  const [first, second] = parsed.statements
  if (first === undefined) return { message: 'there is no statement here', position: 0 }
  if (second !== undefined) return { message: 'only one statement is allowed', position: 0 }
  return { node: SELECT_NODE.parse(relocate(first.node, source)) }
}

/** DuckDB counts the place of an error in code points, from the start of the whole. */
function problemOf(message: string, codePoints: number | undefined, { text, before }: SourceText): SqlProblem {
  const plain = plainMessage(message)
  if (codePoints === undefined) return { message: plain }
  const within = Math.max(0, codePoints - before.length)
  return { message: plain, position: Array.from(text).slice(0, within).join('').length }
}

function plainMessage(message: string): string {
  if (message.startsWith('Only SELECT statements')) return 'only a SELECT statement is allowed'
  if (message.startsWith('Max expression depth')) return 'the expression is nested too deeply'
  return message
}
