import { INSTEAD } from './functions.ts'
import { type Context, refuse } from './judge.ts'
import { isInteger, isNumber, isText, isTime, type SqlType } from './sql-type.ts'
import { type SyntaxNode, text } from './syntax-node.ts'

const ARITHMETIC = ['+', '-', '*', '/', '%']
const MATCHING = ['~~', '!~~']

/** Whether the call is an operator that has rules of its own. */
export function isOperator(node: SyntaxNode, name: string): boolean {
  return node['is_operator'] === true && (ARITHMETIC.includes(name) || MATCHING.includes(name) || name === '||')
}

/** The type of an operator's result; reports operands that engines would cast, and division of whole numbers. */
export function operationType(node: SyntaxNode, types: readonly SqlType[], context: Context): SqlType {
  const name = text(node, 'function_name')
  if (name === '||' || MATCHING.includes(name)) return textOperation(node, types, context)
  if (types.some((type) => isTime(type) || type === 'interval')) return timeOperation(node, types, context)
  const wrong = types.find((type) => isText(type) || type === 'boolean')
  if (wrong !== undefined) {
    refuse(context, node, [
      `${name} takes numbers, not ${wrong}.`,
      INSTEAD.get(name) ?? 'Declare the column with a number type.',
    ])
  }
  return name === '/' ? quotient(node, types, context) : arithmetic(types)
}

function textOperation(node: SyntaxNode, types: readonly SqlType[], context: Context): SqlType {
  const name = text(node, 'function_name')
  const wrong = types.find((type) => type !== undefined && type !== 'null' && !isText(type))
  if (wrong !== undefined) {
    const remedy =
      name === '||' ? 'Write CAST(x AS STRING) for whole numbers.' : 'Compare numbers and times by =, < and >.'
    refuse(context, node, [`${name === '||' ? '||' : 'LIKE'} takes texts, not ${wrong}.`, remedy])
  }
  return name === '||' ? 'string' : 'boolean'
}

function timeOperation(node: SyntaxNode, types: readonly SqlType[], context: Context): SqlType {
  const name = text(node, 'function_name')
  const moved = types.find((type) => type !== 'interval')
  const isMove = types.length === 2 && (name === '+' || (name === '-' && types[1] === 'interval'))
  if (isMove && types.includes('interval') && (isTime(moved) || moved === undefined)) return moved && 'timestamp'
  const remedy =
    "Add or subtract INTERVAL '1' DAY; for a difference give the SQL for each engine: sql: { default: …, duckdb: … }."
  return refuse(context, node, [`${types.join(` ${name} `)} is another thing on each engine.`, remedy])
}

function quotient(node: SyntaxNode, types: readonly SqlType[], context: Context): SqlType {
  if (types.every(isInteger)) {
    refuse(context, node, [
      '/ of two whole numbers cuts off on one engine and not on another.',
      'Write CAST(a AS DOUBLE) / b.',
    ])
  }
  return types.includes('double') ? 'double' : undefined
}

function arithmetic(types: readonly SqlType[]): SqlType {
  if (types.length === 1) return types[0]
  if (types.includes('double') && types.every((type) => isNumber(type))) return 'double'
  if (!types.every(isInteger)) return undefined
  return types.includes('long') ? 'long' : 'int'
}
