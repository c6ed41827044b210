import { typeOf } from './expression.ts'
import { AGGREGATE_FUNCTIONS } from './functions.ts'
import { type Context, missing, refuse } from './judge.ts'
import { columnParts, fingerprint, isColumn, nodesIn, type SyntaxNode, text } from './syntax-node.ts'

/** Checks GROUP BY: expressions over the tables' columns, and nothing selected beside them but aggregates. */
export function checkGrouping(node: SyntaxNode, context: Context): void {
  const groups = nodesIn(node['group_expressions'])
  const sets = node['group_sets']
  if (node['aggregate_handling'] === 'FORCE_AGGREGATES' || (Array.isArray(sets) && sets.length > 1)) {
    refuse(context, node, ['GROUP BY ALL, ROLLUP, CUBE and GROUPING SETS are not portable.', 'Name the groups.'])
    return
  }
  if (!groups.map((group) => checkGroup(group, node, context)).every(Boolean)) return
  const selected = nodesIn(node['select_list'])
  if (groups.length === 0 && !selected.some(hasAggregate)) return
  const known = new Set(groups.map(fingerprint))
  for (const item of selected) checkSelected(item, known, context)
}

/** Whether it is a group that all engines know. */
function checkGroup(group: SyntaxNode, node: SyntaxNode, context: Context): boolean {
  if (group['class'] === 'CONSTANT') {
    refuse(context, group, ['GROUP BY with a number is off in Hive.', 'Write the expression itself.'])
    return false
  }
  const name = columnParts(group).at(-1)
  const isAlias = isColumn(group) && nodesIn(node['select_list']).some((item) => text(item, 'alias') === name)
  if (isAlias && context.lookup(columnParts(group)) === undefined) {
    refuse(context, group, [
      `GROUP BY ${name} names a result; Hive knows only the tables' columns there.`,
      'Write the expression itself.',
    ])
    return false
  }
  typeOf(group, { ...context, aggregates: false })
  return true
}

/** What is selected has to be a group, made of groups, or an aggregate. */
function checkSelected(item: SyntaxNode, groups: ReadonlySet<string>, context: Context): void {
  if (groups.has(fingerprint(item)) || isAggregate(item) || item['class'] === 'SUBQUERY') return
  if (item['class'] === 'STAR' || isColumn(item)) {
    const name = isColumn(item) ? `"${columnParts(item).join('.')}"` : '*'
    missing(context, item, [
      `${name} is neither in GROUP BY nor in an aggregate.`,
      'Add it to GROUP BY, or write min(…) or max(…).',
    ])
    return
  }
  for (const child of expressionsIn(item)) checkSelected(child, groups, context)
}

function hasAggregate(node: SyntaxNode): boolean {
  if (node['class'] === 'WINDOW' || node['class'] === 'SUBQUERY') return false
  return isAggregate(node) || expressionsIn(node).some(hasAggregate)
}

function isAggregate(node: SyntaxNode): boolean {
  return node['class'] === 'FUNCTION' && AGGREGATE_FUNCTIONS.has(text(node, 'function_name').toLowerCase())
}

/** The expressions right below one. */
function expressionsIn(node: SyntaxNode): readonly SyntaxNode[] {
  return Object.values(node).flatMap(below)
}

function below(value: unknown): readonly SyntaxNode[] {
  if (Array.isArray(value)) return value.flatMap(below)
  if (typeof value !== 'object' || value === null) return []
  const node: SyntaxNode = { ...value }
  return typeof node['class'] === 'string' ? [node] : expressionsIn(node)
}
