import { castingOf } from '#engine/core/casting.ts'
import type { Column } from '#engine/core/columns.ts'
import { identifier, literal } from '#engine/core/sql-literal.ts'

/** A value and its name, as SQL; `type` is DuckDB's own. */
export interface JsonMember {
  readonly name: string
  readonly sql: string
  readonly type: string
}

/** SQL of one JSON object, as text, with these members in order. */
export function jsonObjectSql(members: readonly JsonMember[]): string {
  const fields = members.map((member) => `${identifier(member.name)} := ${jsonValueSql(member)}`)
  return `to_json(struct_pack(${fields.join(', ')}))::VARCHAR`
}

export function columnMember({ name, type }: Column): JsonMember {
  return { name, sql: identifier(name), type: castingOf(type).duckdb }
}

// Decimals as text, for a JSON number is a double to most readers; times in ISO 8601; no JSON at all for infinities.
function jsonValueSql({ name, sql, type }: JsonMember): string {
  if (type.startsWith('DECIMAL')) return `(${sql})::VARCHAR`
  if (type.startsWith('TIMESTAMP')) return `replace((${sql})::TIMESTAMP::VARCHAR, ' ', 'T') || 'Z'`
  if (type !== 'DOUBLE' && type !== 'FLOAT') return sql
  const complaint = literal(`${name} is not a finite number`)
  return `CASE WHEN isfinite(${sql}) OR (${sql}) IS NULL THEN ${sql} ELSE error(${complaint}) END`
}
