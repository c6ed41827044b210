import type { ColumnType } from '#engine/core/columns.ts'
import { type Context, refuse, type Words } from './judge.ts'
import { isDecimal, isInteger, isNumber, isText, isTime, type SqlType } from './sql-type.ts'
import { asNode, location, type SyntaxNode, text } from './syntax-node.ts'

const TARGETS: Readonly<Record<string, ColumnType>> = {
  INTEGER: 'int',
  BIGINT: 'long',
  DOUBLE: 'double',
  VARCHAR: 'string',
  BOOLEAN: 'boolean',
  DATE: 'date',
  TIMESTAMP: 'timestamp',
}

const ROUNDING = ['floor', 'ceil', 'ceiling', 'round']

/** The type that a CAST gives. Casts from text are refused, and those that engines round or write differently. */
export function castType(node: SyntaxNode, from: SqlType, context: Context): SqlType {
  const to = targetType(asNode(node['cast_type']))
  if (isTypedLiteral(node)) return to
  if (to === undefined || node['try_cast'] === true) {
    const what = node['try_cast'] === true ? 'TRY_CAST' : `The type ${text(asNode(node['cast_type']), 'id')}`
    return refuse(context, node, [
      `${what} is not portable.`,
      'Cast to INT, BIGINT, DOUBLE, DECIMAL(p,s), STRING, DATE or TIMESTAMP.',
    ])
  }
  const why = objection(node, from, to)
  if (why !== undefined) refuse(context, node, why)
  return to
}

function targetType(type: SyntaxNode): ColumnType | undefined {
  const info = asNode(type['type_info'])
  if (type['id'] === 'DECIMAL') return `decimal(${Number(info['width'] ?? 18)},${Number(info['scale'] ?? 3)})`
  return TARGETS[text(type, 'id')]
}

/** `DATE '2026-01-31'`, `x IS TRUE`: casts that the parser put in, which have no place of their own. */
function isTypedLiteral(node: SyntaxNode): boolean {
  return location(node) === undefined
}

function objection(node: SyntaxNode, from: SqlType, to: SqlType): Words | undefined {
  if (isText(from) && to !== 'string') {
    const remedy =
      "Declare the column with its type: it is checked and cast there once. Literals: TIMESTAMP '…', DATE '…'."
    return [`A cast from text to ${to} answers differently on each engine.`, remedy]
  }
  if (isRoundedDifferently(node, from, to)) {
    const remedy = 'Write CAST(floor(x) AS BIGINT) or CAST(round(x) AS BIGINT).'
    return [`A cast from ${from} to ${to} rounds in DuckDB and cuts off in Hive and Spark.`, remedy]
  }
  if (to === 'string' && isSpelledDifferently(from)) {
    return [`Each engine writes a ${from} as text in its own way.`, 'Leave it as it is, or round it to a whole number.']
  }
  if ([from, to].some(isTime) && [from, to].some(isNumber)) {
    const remedy = 'Give the SQL for each engine: sql: { default: …, duckdb: … }.'
    return [`There is no portable cast from ${from} to ${to}.`, remedy]
  }
  return undefined
}

function isRoundedDifferently(node: SyntaxNode, from: SqlType, to: SqlType): boolean {
  return isInteger(to) && (from === 'double' || isDecimal(from)) && !isRounded(node)
}

function isSpelledDifferently(from: SqlType): boolean {
  return from === 'double' || from === 'timestamp'
}

function isRounded(node: SyntaxNode): boolean {
  return ROUNDING.includes(text(asNode(node['child']), 'function_name').toLowerCase())
}
