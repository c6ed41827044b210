import { AGGREGATE_FUNCTIONS, WINDOW_FUNCTIONS } from './functions.ts'
import { checkedCall } from './call.ts'
import { type Context, refuse } from './judge.ts'
import type { SqlType } from './sql-type.ts'
import { asNode, nodesIn, type SyntaxNode, text } from './syntax-node.ts'

/** The type of a function with OVER. */
export function windowType(node: SyntaxNode, context: Context, typeOf: (node: SyntaxNode) => SqlType): SqlType {
  const name = text(node, 'function_name').toLowerCase()
  if (context.query === undefined) {
    return refuse(context, node, ['OVER can not stand here: there is one record at a time.', 'Use it in an analysis.'])
  }
  for (const partition of nodesIn(node['partitions'])) typeOf(partition)
  for (const order of nodesIn(node['orders'])) {
    typeOf(asNode(order['expression']))
    if (order['null_order'] === 'ORDER_DEFAULT') {
      refuse(context, asNode(order['expression']), [
        'Engines put NULLs at different ends here.',
        'Write NULLS FIRST or NULLS LAST.',
      ])
    }
  }
  if (
    node['exclude_clause'] !== 'NO_OTHER' ||
    node['ignore_nulls'] === true ||
    optional(node, 'filter_expr').length > 0
  ) {
    refuse(context, node, ['EXCLUDE, IGNORE NULLS and FILTER are not portable.', 'Leave them out.'])
  }
  const fn = WINDOW_FUNCTIONS.get(name) ?? AGGREGATE_FUNCTIONS.get(name)
  const types = [...nodesIn(node['children']), ...optional(node, 'offset_expr'), ...optional(node, 'default_expr')].map(
    typeOf,
  )
  if (fn !== undefined) return checkedCall(node, { fn, types }, context)
  return refuse(context, node, [
    `The function ${name} is not portable.`,
    `With OVER: ${[...WINDOW_FUNCTIONS.keys()].join(', ')} and aggregates.`,
  ])
}

function optional(node: SyntaxNode, key: string): readonly SyntaxNode[] {
  return node[key] === null || node[key] === undefined ? [] : [asNode(node[key])]
}
