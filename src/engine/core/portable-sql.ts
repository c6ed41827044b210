import type { Column } from './columns.ts'
import { condition, typeOf } from './portable-sql/expression.ts'
import type { Context, SqlFinding } from './portable-sql/judge.ts'
import type { Tables } from './portable-sql/query-scope.ts'
import { queryColumns } from './portable-sql/query.ts'
import { columnNames, lookupIn, type SqlColumn } from './portable-sql/relation.ts'
import type { SqlType } from './portable-sql/sql-type.ts'
import { asNode, columnParts, isColumn, walk } from './portable-sql/syntax-node.ts'

/**
 * Portable SQL: what DuckDB, Hive 4 and Spark 4 all take with the same meaning. These functions judge syntax trees as the
 * `SqlParser` port gives them, and texts; they run nothing.
 */
export { clausesOf } from './portable-sql/clauses.ts'
export type { SqlFinding } from './portable-sql/judge.ts'
export { beforeNow, nowPlaces, withNow } from './portable-sql/now.ts'
export type { Tables } from './portable-sql/query-scope.ts'
export type { SqlColumn } from './portable-sql/relation.ts'
export { checkSpelling } from './portable-sql/spelling.ts'
export type { SqlType } from './portable-sql/sql-type.ts'

/** What was found, and the type of the value as far as it is known. */
export interface ExpressionReport {
  readonly findings: readonly SqlFinding[]
  readonly type: SqlType
}

/** Columns, literals, operators, CASE, CAST (not from text) and the scalar functions that all engines share; nothing else. */
export function checkExpression(tree: unknown, columns: readonly Column[]): ExpressionReport {
  const findings: SqlFinding[] = []
  const type = typeOf(asNode(tree), expressionContext(columns, findings))
  return { findings, type }
}

/** As `checkExpression`, and the whole has to be true or false. */
export function checkCondition(tree: unknown, columns: readonly Column[]): readonly SqlFinding[] {
  const findings: SqlFinding[] = []
  condition(asNode(tree), expressionContext(columns, findings))
  return findings
}

/** What was found, and the columns of the result; undefined where they can't be told before it runs. */
export interface QueryReport {
  readonly findings: readonly SqlFinding[]
  readonly columns: readonly SqlColumn[] | undefined
}

/** One SELECT over these tables (names in small letters). `dialect`: it is for one engine, which takes more than the others. */
export function checkQuery(tree: unknown, tables: Tables, dialect = false): QueryReport {
  const findings: SqlFinding[] = []
  const report = (finding: SqlFinding): void => void findings.push(finding)
  return { columns: queryColumns(asNode(tree), { tables, report, dialect, judge: queryColumns }), findings }
}

/** The names of the columns that a tree uses, each once, unqualified, in order. */
export function columnsUsed(tree: unknown): readonly string[] {
  return [...new Set([...walk(tree)].filter(isColumn).map((node) => columnParts(node).at(-1) ?? ''))]
}

/** The number of terms of the topmost AND. */
export function termsOf(tree: unknown): number {
  const node = asNode(tree)
  if (node['type'] !== 'CONJUNCTION_AND' || !Array.isArray(node['children'])) return 1
  return node['children'].map(termsOf).reduce((sum, terms) => sum + terms, 0)
}

function expressionContext(columns: readonly Column[], findings: SqlFinding[]): Context {
  const relations = [{ alias: '', columns }]
  return {
    lookup: (parts) => (parts.length === 1 ? lookupIn(relations)(parts) : undefined),
    names: () => columnNames(relations),
    aggregates: false,
    report: (finding) => void findings.push(finding),
    dialect: false,
  }
}
