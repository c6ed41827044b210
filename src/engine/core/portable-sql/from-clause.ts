import { suggestion } from '#engine/core/suggest.ts'
import { condition } from './expression.ts'
import { missing, refuse, type Words } from './judge.ts'
import { contextOf, type QueryScope } from './query-scope.ts'
import type { Relation } from './relation.ts'
import { asNode, type SyntaxNode, text } from './syntax-node.ts'

const JOINS = ['INNER', 'LEFT', 'RIGHT', 'OUTER', 'FULL']

/** The relations of a FROM; reports tables that nobody declares and sources that aren't tables. */
export function relationsOf(node: SyntaxNode, scope: QueryScope): readonly Relation[] {
  switch (node['type']) {
    case 'EMPTY':
    case undefined:
      return []
    case 'BASE_TABLE':
      return [tableRelation(node, scope)]
    case 'SUBQUERY':
      return [subqueryRelation(node, scope)]
    case 'JOIN':
      return joinRelations(node, scope)
    default:
      return [unknownSource(node, scope)]
  }
}

function tableRelation(node: SyntaxNode, scope: QueryScope): Relation {
  const name = text(node, 'table_name')
  const alias = text(node, 'alias') || name
  const qualified = text(node, 'schema_name') !== '' || text(node, 'catalog_name') !== ''
  const context = contextOf([], scope)
  if (node['sample'] !== null && node['sample'] !== undefined)
    refuse(context, node, ['TABLESAMPLE is not portable.', 'Leave it out.'])
  const known = !qualified && scope.tables.has(name.toLowerCase())
  if (!known) missing(context, node, unknownTable(name, qualified, scope))
  return { alias, columns: known ? scope.tables.get(name.toLowerCase()) : undefined }
}

function unknownTable(name: string, qualified: boolean, scope: QueryScope): Words {
  if (qualified) return [`"${name}" has a schema before it.`, 'Write the name of the table alone.']
  return [`There is no table "${name}".`, suggestion(name, scope.tables.keys(), 'Tables')]
}

function subqueryRelation(node: SyntaxNode, scope: QueryScope): Relation {
  const names = Array.isArray(node['column_name_alias']) ? node['column_name_alias'].map(String) : []
  const columns = scope.judge(asNode(asNode(node['subquery'])['node']), { ...scope, nameless: false })
  return {
    alias: text(node, 'alias'),
    columns: columns?.map((column, i) => ({ ...column, name: names[i] ?? column.name })),
  }
}

function joinRelations(node: SyntaxNode, scope: QueryScope): readonly Relation[] {
  const relations = ['left', 'right'].flatMap((side) => relationsOf(asNode(node[side]), scope))
  const context = { ...contextOf(relations, scope), aggregates: false }
  const kind = text(node, 'ref_type')
  if (!JOINS.includes(text(node, 'join_type')) || !['REGULAR', 'CROSS'].includes(kind)) {
    const remedy = 'Write JOIN … ON, LEFT JOIN … ON, FULL JOIN … ON or CROSS JOIN.'
    refuse(context, node, [
      `This kind of join (${kind === 'REGULAR' ? text(node, 'join_type') : kind}) is not portable.`,
      remedy,
    ])
  }
  const on = node['condition']
  if (on !== null && on !== undefined) condition(asNode(on), context)
  return relations
}

function unknownSource(node: SyntaxNode, scope: QueryScope): Relation {
  const what = node['type'] === 'TABLE_FUNCTION' ? 'A function' : 'This'
  missing(contextOf([], scope), node, [
    `${what} can not stand in FROM.`,
    'Read from the tables that the pipeline declares.',
  ])
  return { alias: text(node, 'alias'), columns: undefined }
}
