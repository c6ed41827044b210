import type { Context, Lookup, SqlFinding } from './judge.ts'
import { columnNames, lookupIn, type Relation, type SqlColumn } from './relation.ts'
import type { SyntaxNode } from './syntax-node.ts'

/** The tables that a query may read, by name in small letters. Columns undefined: not known. */
export type Tables = ReadonlyMap<string, readonly SqlColumn[] | undefined>

/** Where a query stands: the tables and CTEs in sight, and the columns of the query around it. */
export interface QueryScope {
  readonly tables: Tables
  readonly outer?: Lookup
  readonly report: (finding: SqlFinding) => void
  readonly dialect: boolean
  /** Nobody sees the names of its columns: it stands in an expression, or after a UNION. */
  readonly nameless?: boolean
  /** How a query within this one is judged. */
  readonly judge: (node: SyntaxNode, scope: QueryScope) => readonly SqlColumn[] | undefined
}

/** Where an expression over these relations stands. */
export function contextOf(relations: readonly Relation[], scope: QueryScope): Context {
  const lookup = lookupIn(relations, scope.outer)
  return {
    lookup,
    names: () => columnNames(relations),
    aggregates: true,
    query: (node) => scope.judge(node, { ...scope, outer: lookup, nameless: true })?.[0]?.type,
    report: scope.report,
    dialect: scope.dialect,
  }
}
