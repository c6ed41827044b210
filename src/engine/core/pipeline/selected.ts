import type { Expression } from '#engine/core/plan.ts'
import type { FilterDeclaration } from './job-schema.ts'
import type { KeyPath } from './problem.ts'

/** One column of a filter's `select`, and the key that it stands under. An empty name: a list item without one. */
export interface Selected extends Expression {
  readonly key: KeyPath
}

const NAMED = /^(?<sql>[\s\S]*\S)\s+as\s+(?<name>[a-z][a-z0-9_]*)\s*$/i

/** The columns that a filter selects, in order; undefined where records pass as they are. */
export function selectedBy({ select }: FilterDeclaration): readonly Selected[] | undefined {
  if (select === undefined) return undefined
  if (Array.isArray(select)) return select.map((item, i) => ({ ...fromItem(item), key: ['select', i] }))
  return Object.entries(select).map(([name, sql]) => ({ name, sql, key: ['select', name] }))
}

function fromItem(item: string): Expression {
  const { sql, name } = NAMED.exec(item)?.groups ?? {}
  if (sql !== undefined && name !== undefined) return { name, sql }
  const column = item.trim()
  return { name: /^[a-z][a-z0-9_]*$/.test(column) ? column : '', sql: item }
}
