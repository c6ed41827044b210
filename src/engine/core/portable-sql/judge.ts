import type { SqlType } from './sql-type.ts'
import { location, type SyntaxNode } from './syntax-node.ts'

/** Something in SQL that not every engine takes, or takes with another meaning. */
export interface SqlFinding {
  readonly message: string
  readonly remedy: string
  /** 0-based offset in characters of the SQL. */
  readonly position?: number
}

/** What is wrong, and what to do now. */
export type Words = readonly [message: string, remedy: string]

/** What a column's name means where it stands: its type, `unknown` where the columns aren't known, or nothing. */
export type Lookup = (parts: readonly string[]) => { readonly type: SqlType } | undefined

/** Where an expression stands, and what may be in it. */
export interface Context {
  readonly lookup: Lookup
  /** The names that `lookup` knows, for a suggestion. */
  readonly names: () => readonly string[]
  /** Aggregate functions may be used. */
  readonly aggregates: boolean
  /** OVER and subqueries may be used. */
  readonly query?: (node: SyntaxNode) => SqlType
  readonly report: (finding: SqlFinding) => void
  /** The SQL is for one engine: what is there is checked, not what every engine has. */
  readonly dialect: boolean
}

/** Reports what isn't portable at a node, unless the SQL is for one engine; gives the unknown type, to end a rule with. */
export function refuse(context: Context, node: SyntaxNode, words: Words): undefined {
  if (!context.dialect) missing(context, node, words)
}

/** Reports what is wrong on every engine. */
export function missing(context: Context, node: SyntaxNode, [message, remedy]: Words): undefined {
  const position = location(node)
  context.report({ message, remedy, ...(position === undefined ? {} : { position }) })
}
