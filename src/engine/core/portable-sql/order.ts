import { typeOf } from './expression.ts'
import { type Context, refuse } from './judge.ts'
import { asNode, nodesIn, type SyntaxNode } from './syntax-node.ts'

/**
 * Checks ORDER BY, LIMIT and DISTINCT. Beside a LIMIT the leading key has to say where NULLs go, for they are first on
 * one engine and last on another, and would decide which rows are there; later keys only break ties.
 */
export function checkModifiers(node: SyntaxNode, context: Context): void {
  const modifiers = nodesIn(node['modifiers'])
  const limit = modifiers.find(({ type }) => type === 'LIMIT_MODIFIER')
  for (const modifier of modifiers) {
    if (modifier['type'] === 'ORDER_MODIFIER') checkOrder(nodesIn(modifier['orders']), limit !== undefined, context)
    if (modifier['type'] === 'LIMIT_PERCENT_MODIFIER')
      refuse(context, node, ['LIMIT in percent is not portable.', 'Write a number.'])
    if (modifier['type'] === 'DISTINCT_MODIFIER' && nodesIn(modifier['distinct_on_targets']).length > 0) {
      refuse(context, node, ['DISTINCT ON is not portable.', 'Use row_number() OVER in a subquery.'])
    }
  }
  if (limit !== undefined) checkLimit(limit, modifiers, context)
}

function checkOrder(orders: readonly SyntaxNode[], limited: boolean, context: Context): void {
  for (const order of orders) {
    const key = asNode(order['expression'])
    if (key['class'] === 'STAR') refuse(context, key, ['ORDER BY ALL is not portable.', 'Name the columns.'])
    else typeOf(key, context)
  }
  const [leading] = orders
  if (!limited || leading?.['null_order'] !== 'ORDER_DEFAULT') return
  const remedy = 'Write NULLS LAST (or NULLS FIRST) after it.'
  refuse(context, asNode(leading['expression']), ['Beside a LIMIT, engines put NULLs at different ends.', remedy])
}

function checkLimit(limit: SyntaxNode, modifiers: readonly SyntaxNode[], context: Context): void {
  const offset = limit['offset']
  if (offset !== null && offset !== undefined)
    refuse(context, asNode(offset), ['OFFSET is not portable.', 'Leave it out.'])
  if (asNode(limit['limit'])['class'] !== 'CONSTANT')
    refuse(context, asNode(limit['limit']), ['LIMIT has to be a number.', 'Write it.'])
  if (modifiers.some(({ type }) => type === 'ORDER_MODIFIER')) return
  refuse(context, asNode(limit['limit']), ['LIMIT without ORDER BY takes any rows.', 'Add ORDER BY … NULLS LAST.'])
}
