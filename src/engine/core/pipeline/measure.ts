import type { Column } from '#engine/core/columns.ts'
import type { Measure } from '#engine/core/plan.ts'
import { checkExpression, type SqlFinding, type SqlType } from '#engine/core/portable-sql.ts'
import { isNumber } from '#engine/core/portable-sql/sql-type.ts'
import { asNode, nodesIn, type SyntaxNode, text } from '#engine/core/portable-sql/syntax-node.ts'
import { sqlTokens } from '#engine/core/sql-tokens.ts'
import type { MeasureFact } from './sql-facts.ts'

const FUNCTIONS = ['count', 'sum', 'avg', 'min', 'max', 'first', 'last'] as const

type Words = Omit<SqlFinding, 'position'>

const REMEDY = 'A measure is count(), or sum, avg, min, max, first or last of one expression, e.g. avg(speed_kms).'

/** Takes a measure apart. `columns` undefined: its argument can't be judged. */
export function readMeasure(
  measure: { readonly name: string; readonly sql: string; readonly tree: unknown },
  columns: readonly Column[] | undefined,
): { readonly fact?: MeasureFact; readonly findings: readonly SqlFinding[] } {
  const node = asNode(measure.tree)
  const name = functionOf(node)
  const operands = nodesIn(node['children'])
  const wrong = name === undefined ? notAMeasure() : shapeOf(node, name, operands.length)
  if (name === undefined || wrong !== undefined) return { findings: wrong === undefined ? [] : [wrong] }
  const [operand] = operands
  if (operand === undefined) return { fact: { name: measure.name, function: name, type: 'long' }, findings: [] }
  const { findings, type } =
    columns === undefined ? { findings: [], type: undefined } : checkExpression(operand, columns)
  const odd = oddType(name, type)
  const fact: MeasureFact = {
    name: measure.name,
    function: name,
    argument: argumentText(measure.sql),
    type: resultType(name, type),
  }
  return { fact, findings: odd === undefined ? findings : [...findings, odd] }
}

function functionOf(node: SyntaxNode): Measure['function'] | undefined {
  const called = text(node, 'function_name').toLowerCase().replace('count_star', 'count')
  return node['class'] === 'FUNCTION' ? FUNCTIONS.find((name) => name === called) : undefined
}

function notAMeasure(): Words {
  return { message: 'This is no measure.', remedy: REMEDY }
}

function shapeOf(node: SyntaxNode, name: string, operands: number): Words | undefined {
  if (node['distinct'] === true)
    return { message: 'DISTINCT can not be kept up to date.', remedy: 'Group by that column.' }
  if (node['filter'] !== null && node['filter'] !== undefined)
    return { message: 'FILTER is not portable.', remedy: REMEDY }
  if (name === 'count')
    return operands === 0 ? undefined : { message: 'count() takes no argument.', remedy: 'Write count().' }
  return operands === 1 ? undefined : { message: `${name} takes one argument.`, remedy: REMEDY }
}

function oddType(name: string, type: SqlType): Words | undefined {
  const numeric = name === 'sum' || name === 'avg'
  if (!numeric || type === undefined || type === 'null' || isNumber(type)) return undefined
  return { message: `${name} takes numbers, not ${type}.`, remedy: 'Declare the column with a number type.' }
}

function resultType(name: Measure['function'], type: SqlType): SqlType {
  if (name === 'avg') return 'double'
  if (name !== 'sum') return type
  const scale = /^decimal\(\d+,(\d+)\)$/.exec(type ?? '')?.[1]
  if (scale !== undefined) return `decimal(38,${Number(scale)})`
  return type === 'int' ? 'long' : type
}

/** What stands between the brackets. */
function argumentText(sql: string): string {
  const tokens = sqlTokens(sql).filter(({ kind }) => kind !== 'comment')
  const open = tokens.find(({ text: token }) => token === '(')
  const close = tokens.findLast(({ text: token }) => token === ')')
  return sql.slice(open?.end ?? 0, close?.start ?? sql.length).trim()
}
