import { castType } from './cast.ts'
import { type Context, missing, refuse } from './judge.ts'
import { callType } from './call.ts'
import { common, comparable, isTime, type SqlType } from './sql-type.ts'
import { asNode, columnParts, nodesIn, type SyntaxNode, text } from './syntax-node.ts'
import { suggestion } from '#engine/core/suggest.ts'
import { windowType } from './window.ts'

const NOW_WORDS = ['current_date', 'current_time', 'current_timestamp', 'localtime', 'localtimestamp']

/** Reports what isn't portable in an expression, and gives its type as far as that is known. */
export function typeOf(node: SyntaxNode, context: Context): SqlType {
  const rule = RULES[text(node, 'class')]
  if (rule !== undefined) return rule(node, context)
  return refuse(context, node, [
    'This is not portable SQL.',
    'Use columns, literals, operators, CASE, CAST and functions.',
  ])
}

type Rule = (node: SyntaxNode, context: Context) => SqlType

const RULES: Readonly<Record<string, Rule>> = {
  COLUMN_REF: columnType,
  CONSTANT: constantType,
  COMPARISON: (node, context) => compared(node, [asNode(node['left']), asNode(node['right'])], context),
  BETWEEN: (node, context) =>
    compared(
      node,
      ['input', 'lower', 'upper'].map((key) => asNode(node[key])),
      context,
    ),
  CONJUNCTION: (node, context) => conditions(nodesIn(node['children']), context),
  OPERATOR: operatorType,
  CASE: caseType,
  CAST: (node, context) => castType(node, typeOf(asNode(node['child']), context), context),
  FUNCTION: (node, context) => callType(node, context, (argument) => typeOf(argument, context)),
  WINDOW: (node, context) => windowType(node, context, (argument) => typeOf(argument, context)),
  SUBQUERY: subqueryType,
  STAR: (node, context) =>
    refuse(context, node, ['* stands only for all columns of a SELECT, or in count(*).', 'Name the columns.']),
  PARAMETER: (node, context) => refuse(context, node, ['There are no parameters here.', 'Write the value itself.']),
}

function columnType(node: SyntaxNode, context: Context): SqlType {
  const parts = columnParts(node)
  const found = context.lookup(parts)
  if (found !== undefined) return found.type
  const name = parts.join('.')
  if (parts.length === 1 && NOW_WORDS.includes(name.toLowerCase())) {
    return refuse(context, node, [
      `${name} is another time on every engine.`,
      'Write {now}, the time of the run, in UTC.',
    ])
  }
  return missing(context, node, [
    `There is no column "${name}".`,
    suggestion(parts.at(-1) ?? '', context.names(), 'Columns'),
  ])
}

const CONSTANTS: Readonly<Record<string, SqlType>> = {
  VARCHAR: 'string',
  INTEGER: 'int',
  BIGINT: 'long',
  DOUBLE: 'double',
  BOOLEAN: 'boolean',
  NULL: 'null',
  '"NULL"': 'null',
}

function constantType(node: SyntaxNode, context: Context): SqlType {
  const value = asNode(node['value'])
  const type = asNode(value['type'])
  if (value['is_null'] === true) return 'null'
  if (typeof value['value'] === 'string' && value['value'].includes('\\')) {
    refuse(context, node, [
      'A backslash in a text means itself in DuckDB and an escape in Hive and Spark.',
      'Leave it out.',
    ])
  }
  const info = asNode(type['type_info'])
  if (type['id'] === 'DECIMAL') return `decimal(${Number(info['width'])},${Number(info['scale'])})`
  return CONSTANTS[text(type, 'id')]
}

function compared(node: SyntaxNode, operands: readonly SyntaxNode[], context: Context): SqlType {
  const [first, ...others] = operands.map((operand) => typeOf(operand, context))
  const other = others.find((type) => !comparable(first, type))
  if (other === undefined) return 'boolean'
  const remedy = [first, other].some(isTime)
    ? "Write the time as TIMESTAMP '2026-01-31 00:00:00' or DATE '2026-01-31'."
    : 'Compare values of one type; declare the column with the type that it has.'
  refuse(context, node, [`This compares ${first} with ${other}; engines cast differently.`, remedy])
  return 'boolean'
}

function conditions(nodes: readonly SyntaxNode[], context: Context): SqlType {
  for (const node of nodes) condition(node, context)
  return 'boolean'
}

/** A condition is boolean: engines disagree on what else is true. */
export function condition(node: SyntaxNode, context: Context): void {
  const type = typeOf(node, context)
  if (type === undefined || type === 'boolean' || type === 'null') return
  refuse(context, node, [`This is ${type}, but a condition has to be true or false.`, 'Compare it with a value.'])
}

function operatorType(node: SyntaxNode, context: Context): SqlType {
  const children = nodesIn(node['children'])
  switch (node['type']) {
    case 'OPERATOR_NOT':
      return conditions(children, context)
    case 'OPERATOR_IS_NULL':
    case 'OPERATOR_IS_NOT_NULL':
      for (const child of children) typeOf(child, context)
      return 'boolean'
    case 'COMPARE_IN':
    case 'COMPARE_NOT_IN':
      return compared(node, children, context)
    case 'OPERATOR_COALESCE':
      return coalesceType(node, children, context)
    default:
      return refuse(context, node, ['Lists, maps and structs are not portable.', 'Declare the value as a column.'])
  }
}

function coalesceType(node: SyntaxNode, children: readonly SyntaxNode[], context: Context): SqlType {
  const types = children.map((child) => typeOf(child, context))
  if (types.some((type) => !comparable(types[0], type))) {
    refuse(context, node, [`This mixes ${types.join(' and ')}.`, 'Give coalesce values of one type.'])
  }
  return common(types)
}

function caseType(node: SyntaxNode, context: Context): SqlType {
  const checks = nodesIn(node['case_checks'])
  for (const check of checks) condition(asNode(check['when_expr']), context)
  const results = [...checks.map((check) => asNode(check['then_expr'])), asNode(node['else_expr'])]
  const types = results.filter((result) => 'class' in result).map((result) => typeOf(result, context))
  if (types.some((type) => !comparable(types[0], type))) {
    refuse(context, node, [`The branches of this CASE are ${types.join(' and ')}.`, 'Give them one type.'])
  }
  return common(types)
}

function subqueryType(node: SyntaxNode, context: Context): SqlType {
  if (context.query === undefined) {
    return refuse(context, node, ['A subquery can not stand here.', 'Only columns of the record itself can be used.'])
  }
  const kind = text(node, 'subquery_type')
  const type = context.query(asNode(asNode(node['subquery'])['node']))
  if (kind === 'EXISTS' || kind === 'NOT_EXISTS') return 'boolean'
  if (kind === 'SCALAR') return type
  const left = typeOf(asNode(node['child']), context)
  if (text(node, 'comparison_type') !== 'COMPARE_EQUAL') {
    refuse(context, node, ['ANY and ALL are not portable.', 'Compare with (SELECT min(…)) or (SELECT max(…)).'])
  } else if (!comparable(left, type)) {
    refuse(context, node, [`This compares ${left} with ${type}.`, 'Select a column of the same type.'])
  }
  return 'boolean'
}
