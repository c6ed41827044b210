import { condition, typeOf } from './expression.ts'
import { relationsOf } from './from-clause.ts'
import { checkGrouping } from './grouping.ts'
import { type Context, refuse } from './judge.ts'
import { checkModifiers } from './order.ts'
import { type Relation, same, type SqlColumn } from './relation.ts'
import { contextOf, type QueryScope } from './query-scope.ts'
import { asNode, columnParts, isColumn, nodesIn, type SyntaxNode, text } from './syntax-node.ts'

/** Reports what isn't portable in a query, and gives the columns of its result as far as they are known. */
export function queryColumns(node: SyntaxNode, scope: QueryScope): readonly SqlColumn[] | undefined {
  const inner = withCtes(node, scope)
  if (node['type'] === 'SELECT_NODE') return selectColumns(node, inner)
  if (node['type'] === 'SET_OPERATION_NODE') return unionColumns(node, inner)
  return refuse(contextOf([], inner), node, ['This kind of query is not portable.', 'Write one SELECT.'])
}

function unionColumns(node: SyntaxNode, scope: QueryScope): readonly SqlColumn[] | undefined {
  const parts = [node['left'], node['right'], ...nodesIn(node['children'])].filter((part) => part !== undefined)
  const [first] = parts.map((part, i) => queryColumns(asNode(part), i === 0 ? scope : { ...scope, nameless: true }))
  checkModifiers(node, contextOf([{ alias: '', columns: first }], scope))
  return first
}

function selectColumns(node: SyntaxNode, scope: QueryScope): readonly SqlColumn[] | undefined {
  const relations = relationsOf(asNode(node['from_table']), scope)
  const context = contextOf(relations, scope)
  if (isGiven(node, 'where_clause')) condition(asNode(node['where_clause']), { ...context, aggregates: false })
  const columns = nodesIn(node['select_list']).map((item) =>
    selected(item, relations, { ...context, nameless: scope.nameless === true }),
  )
  const aliases = columns.flat().filter((column) => column !== undefined)
  const withAliases = contextOf([...relations, { alias: '', columns: aliases }], scope)
  checkGrouping(node, context)
  if (isGiven(node, 'having')) condition(asNode(node['having']), withAliases)
  for (const key of ['qualify', 'sample']) {
    if (isGiven(node, key))
      refuse(context, asNode(node[key]), [`${key.toUpperCase()} is not portable.`, 'Use a subquery.'])
  }
  checkModifiers(node, withAliases)
  return columns.includes(undefined) ? undefined : aliases
}

/** The columns that an item of the SELECT list gives; undefined for a * over columns that aren't known. */
function selected(
  item: SyntaxNode,
  relations: readonly Relation[],
  context: Context & { readonly nameless: boolean },
): readonly SqlColumn[] | undefined {
  if (item['class'] === 'STAR') return starColumns(item, relations, context)
  const type = typeOf(item, context)
  const alias = text(item, 'alias') || (isColumn(item) ? (columnParts(item).at(-1) ?? '') : '')
  if (alias === '' && !context.nameless) {
    refuse(context, item, ['This column has no name; each engine gives it another.', 'Write … AS name.'])
  }
  return [{ name: alias, type }]
}

function starColumns(
  star: SyntaxNode,
  relations: readonly Relation[],
  context: Context,
): readonly SqlColumn[] | undefined {
  const more = ['exclude_list', 'replace_list', 'rename_list', 'qualified_exclude_list'].some((key) =>
    isFilled(star[key]),
  )
  if (more || isGiven(star, 'expr'))
    refuse(context, star, ['* EXCLUDE, REPLACE and COLUMNS are not portable.', 'Name the columns.'])
  const qualifier = text(star, 'relation_name')
  const chosen = relations.filter(({ alias }) => qualifier === '' || same(alias, qualifier))
  if (more || chosen.some(({ columns }) => columns === undefined)) return undefined
  return chosen.flatMap(({ columns = [] }) => columns)
}

function withCtes(node: SyntaxNode, scope: QueryScope): QueryScope {
  const tables = new Map(scope.tables)
  for (const entry of nodesIn(asNode(node['cte_map'])['map'])) {
    const value = asNode(entry['value'])
    const names = Array.isArray(value['aliases']) ? value['aliases'].map(String) : []
    const columns = queryColumns(asNode(asNode(value['query'])['node']), {
      ...scope,
      tables,
      nameless: names.length > 0,
    })
    tables.set(
      text(entry, 'key').toLowerCase(),
      columns?.map((column, i) => ({ ...column, name: names[i] ?? column.name })),
    )
  }
  return { ...scope, tables }
}

function isGiven(node: SyntaxNode, key: string): boolean {
  return node[key] !== null && node[key] !== undefined
}

function isFilled(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0
}
