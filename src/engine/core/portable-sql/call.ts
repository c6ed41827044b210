import { AGGREGATE_FUNCTIONS, fits, INSTEAD, type PortableFunction, SCALAR_FUNCTIONS } from './functions.ts'
import { type Context, refuse } from './judge.ts'
import { isIntervalLiteral } from './interval.ts'
import { isOperator, operationType } from './operation.ts'
import type { SqlType } from './sql-type.ts'
import { asNode, nodesIn, type SyntaxNode, text } from './syntax-node.ts'

type TypeOf = (argument: SyntaxNode) => SqlType

const EXTRACTS = ['year', 'quarter', 'month', 'day', 'hour', 'minute', 'second']

/** The type of an operator or a call; reports functions that not every engine has with the same meaning. */
export function callType(node: SyntaxNode, context: Context, typeOf: TypeOf): SqlType {
  const name = text(node, 'function_name').toLowerCase()
  if (isIntervalLiteral(node, context)) return 'interval'
  const argumentNodes = nodesIn(node['children'])
  if (isOperator(node, name)) return operationType(node, argumentNodes.map(typeOf), context)
  if (name === 'date_part' && isExtract(node)) return extractType(node, context, typeOf)
  const aggregate = AGGREGATE_FUNCTIONS.get(name)
  if (aggregate !== undefined) return aggregateType(node, aggregate, { context, typeOf })
  const scalar = SCALAR_FUNCTIONS.get(name)
  const types = argumentNodes.map(typeOf)
  if (scalar !== undefined) return checkedCall(node, { fn: scalar, types }, context)
  const what = node['is_operator'] === true ? 'operator' : 'function'
  const remedy =
    INSTEAD.get(name) ?? 'See "Portable SQL" in docs/pipelines.md for the functions that all engines share.'
  return refuse(context, node, [`The ${what} ${name} is not portable.`, remedy])
}

/** Checks a call's arguments against what the function takes. */
export function checkedCall(
  node: SyntaxNode,
  call: { readonly fn: PortableFunction; readonly types: readonly SqlType[] },
  context: Context,
): SqlType {
  const { fn, types } = call
  const { takes, least = takes.length } = fn
  const name = text(node, 'function_name').toLowerCase()
  if (types.length < least || (types.length > takes.length && fn.variadic !== true)) {
    const wanted = least === takes.length ? `${least}` : `${least} to ${takes.length}`
    refuse(context, node, [
      `${name} takes ${wanted} arguments, not ${types.length}.`,
      'Give it the arguments that all engines take.',
    ])
  }
  const wrong = types.findIndex((type, i) => !fits(takes[i] ?? takes.at(-1) ?? 'any', type))
  if (wrong >= 0) {
    const kind = takes[wrong] ?? takes.at(-1)
    refuse(context, node, [
      `${name} takes a ${kind}, not ${types[wrong]}.`,
      'Engines cast differently: give it a column of that kind.',
    ])
  }
  return fn.gives(types)
}

function aggregateType(
  node: SyntaxNode,
  fn: PortableFunction,
  { context, typeOf }: { context: Context; typeOf: TypeOf },
): SqlType {
  if (!context.aggregates) {
    const name = text(node, 'function_name').replace('count_star', 'count(*)')
    const [why, remedy] =
      context.query === undefined
        ? ['there is one record at a time', 'Use an aggregate or an analysis.']
        : ['it counts what the rows here become', 'Write it after SELECT or HAVING, or in a subquery.']
    return refuse(context, node, [`${name} can not stand here: ${why}.`, remedy])
  }
  if (node['filter'] !== null && node['filter'] !== undefined) {
    refuse(context, node, ['FILTER is not portable.', 'Write sum(CASE WHEN … THEN 1 ELSE 0 END).'])
  }
  if (nodesIn(asNode(node['order_bys'])['orders']).length > 0) {
    refuse(context, node, ['ORDER BY in a function is not portable.', 'Leave it out.'])
  }
  return checkedCall(node, { fn, types: nodesIn(node['children']).map(typeOf) }, context)
}

/** EXTRACT(… FROM …) is a call that the parser put in; a written date_part is DuckDB's own. */
function isExtract(node: SyntaxNode): boolean {
  return node['schema'] === 'main'
}

function extractType(node: SyntaxNode, context: Context, typeOf: TypeOf): SqlType {
  const [part, of] = nodesIn(node['children'])
  const value = asNode(part?.['value'])['value']
  if (!EXTRACTS.includes(String(value).toLowerCase())) {
    refuse(context, node, [`extract(${String(value)} …) is not portable.`, `Parts: ${EXTRACTS.join(', ')}.`])
  }
  const type = of && typeOf(of)
  if (!fits('time', type))
    refuse(context, node, [`extract takes a time, not ${type}.`, 'Give it a timestamp or a date.'])
  return 'long'
}
