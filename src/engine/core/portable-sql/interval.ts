import { type Context, refuse } from './judge.ts'
import { asNode, location, nodesIn, type SyntaxNode, text } from './syntax-node.ts'

const UNITS = ['to_years', 'to_months', 'to_days', 'to_hours', 'to_minutes', 'to_seconds']

/** `INTERVAL '24' HOUR`: a call that the parser puts in at the place of its number. */
export function isIntervalLiteral(node: SyntaxNode, context: Context): boolean {
  const name = text(node, 'function_name').toLowerCase()
  if (!name.startsWith('to_')) return false
  const amount = innermost(node)
  if (amount['class'] !== 'CONSTANT' || location(amount) !== location(node)) return false
  const quoted = asNode(asNode(amount['value'])['type'])['id'] === 'VARCHAR'
  if (!quoted || !UNITS.includes(name)) {
    refuse(context, node, [
      'This interval is not portable.',
      "Write INTERVAL '24' HOUR, with one of YEAR MONTH DAY HOUR MINUTE SECOND.",
    ])
  }
  return true
}

function innermost(node: SyntaxNode): SyntaxNode {
  const child = node['class'] === 'CAST' ? asNode(node['child']) : nodesIn(node['children'])[0]
  return child === undefined ? node : innermost(child)
}
