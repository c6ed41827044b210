import type { DuckDBConnection } from '@duckdb/node-api'
import { asNode, nodesIn, type SyntaxNode, text, walk } from '#engine/core/portable-sql/syntax-node.ts'
import { SluiceError } from '#engine/core/sluice-error.ts'
import { suggestion } from '#engine/core/suggest.ts'
import type { SqlProblem } from '#engine/ports/sql-parser.ts'
import { problemInSql } from './duckdb-sql-failed.ts'
import { parseStatement } from './duckdb-sql-parser.ts'

/** A statement that may run, and the tables of the catalogue that it reads. */
export interface Admitted {
  readonly sql: string
  readonly tables: readonly string[]
  /** `SHOW TABLES` and its like: to be answered from the catalogue. */
  readonly showsTables: boolean
}

const TABLE_FUNCTIONS = new Set(['range', 'generate_series', 'unnest'])
/** Functions that tell of the process, or act beyond the query. */
const BARRED = new Set(['current_setting', 'getenv', 'getvariable', 'nextval', 'currval', 'write_log'])
// A name without a dot is never taken for a file.
const RELATION_NAME = /^[\p{L}_][\p{L}\p{N}_]*$/u
const EXPLAIN = /^(?:\s|--[^\n]*(?:\n|$)|\/\*(?:[^*]|\*(?!\/))*\*\/)*EXPLAIN(?:\s+ANALYZE)?(?=[\s(/-])/i

/**
 * Lets one reading statement pass that has nothing in it but our tables: no other relation, no file, no table function
 * but the harmless. It judges DuckDB's own syntax tree, so that no spelling gets round it. SQL_REFUSED, TABLE_UNKNOWN,
 * SQL_FAILED for what doesn't parse.
 */
export async function admit(connection: DuckDBConnection, sql: string, catalog: readonly string[]): Promise<Admitted> {
  const explain = EXPLAIN.exec(sql)?.[0] ?? ''
  const parsed = await parseStatement(connection, sql.slice(explain.length))
  if ('message' in parsed) throw unparsed(parsed, sql, explain.length)
  const nodes = [...walk(parsed.tree)]
  for (const node of nodes) checkNode(node)
  const defined = new Set(nodes.flatMap(definedNames))
  const named = nodes.filter((node) => node['type'] === 'BASE_TABLE')
  const tables = new Set(named.flatMap((node) => tableOf(node, catalog, defined)))
  return { sql, tables: [...tables], showsTables: explain === '' && isShowTables(asNode(parsed.tree)) }
}

function checkNode(node: SyntaxNode): void {
  const name = text(node, 'function_name').toLowerCase()
  if (BARRED.has(name)) throw refused(`the function ${name} is not allowed`)
  if (node['type'] === 'VALUE_PARAMETER') throw refused('there is no value for a parameter')
  if (node['type'] !== 'TABLE_FUNCTION') return
  const called = text(asNode(node['function']), 'function_name').toLowerCase()
  if (!TABLE_FUNCTIONS.has(called)) throw refused(`the table function ${called || '?'} is not allowed`)
}

/** The names of common table expressions. Where they hold doesn't matter: none of them can mean a file. */
function definedNames(node: SyntaxNode): readonly string[] {
  const names = nodesIn(asNode(node['cte_map'])['map']).map((entry) => text(entry, 'key'))
  const odd = names.find((name) => !RELATION_NAME.test(name))
  if (odd !== undefined) throw refused(`a common table expression can't be called ${JSON.stringify(odd)}`)
  return names.map((name) => name.toLowerCase())
}

function tableOf(node: SyntaxNode, catalog: readonly string[], defined: ReadonlySet<string>): readonly string[] {
  const name = text(node, 'table_name')
  if (text(node, 'schema_name') !== '' || text(node, 'catalog_name') !== '') {
    throw refused(`tables have no schema: write ${name} alone`)
  }
  const known = catalog.find((table) => table.toLowerCase() === name.toLowerCase())
  if (known !== undefined) return [known]
  if (defined.has(name.toLowerCase())) return []
  throw new SluiceError('TABLE_UNKNOWN', `There is no table ${JSON.stringify(name)}.`, {
    remedy: suggestion(name, catalog, 'Tables'),
  })
}

function isShowTables(tree: SyntaxNode): boolean {
  const from = asNode(tree['from_table'])
  return from['type'] === 'SHOW_REF' && ['"tables"', '__show_tables_expanded'].includes(text(from, 'table_name'))
}

function unparsed(problem: SqlProblem, sql: string, shift: number): SluiceError {
  if (/^only (a SELECT|one) statement/.test(problem.message)) return refused(problem.message)
  return problemInSql(
    sql,
    problem.position === undefined ? problem : { ...problem, position: problem.position + shift },
  )
}

function refused(why: string): SluiceError {
  return new SluiceError('SQL_REFUSED', `This SQL can't run here: ${why}.`)
}
