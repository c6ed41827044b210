import type { Column } from '#engine/core/columns.ts'
import {
  checkCondition,
  checkExpression,
  clausesOf,
  type SqlColumn,
  type Tables,
  termsOf,
} from '#engine/core/portable-sql.ts'
import { uniteColumns } from './column-union.ts'
import { declared, type Draft } from './draft.ts'
import type { FilterDeclaration } from './job-schema.ts'
import { judgeAnalysis, judgeQuery } from './judge-queries.ts'
import { readMeasure } from './measure.ts'
import type { Finding } from './problem.ts'
import { selectedBy } from './selected.ts'
import { checkSelected } from './select-fit.ts'
import { createSiteReader, type SiteReader, spellingOf } from './site-reader.ts'
import type { MeasureFact, SqlFacts } from './sql-facts.ts'
import { endpointSite, type SqlSite, type Trees } from './sql-sites.ts'
import type { Topics } from './topic-graph.ts'
import { catalogOf, sqlTables } from './table-catalog.ts'

/** Judges every SQL text of a pipeline against the columns and tables that it stands over. */
export function judgeSql(
  draft: Draft,
  topics: Topics,
  trees: Trees,
): { facts: SqlFacts; findings: readonly Finding[] } {
  const reader = createSiteReader(trees)
  const clauses = new Map(
    declared(draft.filters).map(([name, filter]) => [name, judgeFilter([name, filter], topics, reader)]),
  )
  const measures = new Map(
    declared(draft.aggregates).map(([name]) => [name, judgeMeasures(name, { draft, topics }, reader)]),
  )
  const results = new Map<string, readonly SqlColumn[] | undefined>()
  const facts: SqlFacts = { clauses, measures, results }
  const tables = (): Tables => sqlTables(catalogOf(draft, topics, facts))
  // In the file's order: an analysis may read the results of those before it.
  for (const [name, analysis] of declared(draft.analyses)) {
    results.set(name, judgeAnalysis([name, analysis], tables(), reader))
  }
  for (const [route, { sql }] of declared(draft.endpoints)) judgeQuery(endpointSite(route, sql), tables(), reader)
  return { facts, findings: reader.findings }
}

function judgeFilter(
  [name, filter]: readonly [string, FilterDeclaration],
  topics: Topics,
  reader: SiteReader,
): readonly string[] {
  const columns = uniteColumns(topics, filter.from)?.columns
  for (const { key, sql, name: output } of selectedBy(filter) ?? []) {
    const site: SqlSite = { path: ['filters', name, ...key], sql, kind: 'expression' }
    const type = judgeExpression(site, columns, reader)
    reader.report(site, checkSelected({ output, type, to: topics.get(filter.to) }))
  }
  if (filter.where === undefined) return []
  const site: SqlSite = { path: ['filters', name, 'where'], sql: filter.where, kind: 'expression' }
  const tree = reader.tree(site)
  if (tree === undefined) return []
  if (columns !== undefined) reader.report(site, [...checkCondition(tree, columns), ...spellingOf(site)])
  const clauses = clausesOf(filter.where)
  return clauses.length === termsOf(tree) ? clauses : [filter.where]
}

function judgeExpression(site: SqlSite, columns: readonly Column[] | undefined, reader: SiteReader): SqlColumn['type'] {
  const tree = reader.tree(site)
  if (tree === undefined || columns === undefined) return undefined
  const { findings, type } = checkExpression(tree, columns)
  reader.report(site, [...findings, ...spellingOf(site)])
  return type
}

function judgeMeasures(
  name: string,
  { draft, topics }: { readonly draft: Draft; readonly topics: Topics },
  reader: SiteReader,
): readonly MeasureFact[] {
  const { from = [], measures = {} } = draft.aggregates.get(name) ?? {}
  const columns = uniteColumns(topics, from)?.columns
  return Object.entries(measures).flatMap(([measure, sql]) => {
    const site: SqlSite = { path: ['aggregates', name, 'measures', measure], sql, kind: 'expression' }
    const tree = reader.tree(site)
    if (tree === undefined) return []
    const { fact, findings } = readMeasure({ name: measure, sql, tree }, columns)
    reader.report(site, [...findings, ...spellingOf(site)])
    return fact === undefined ? [] : [fact]
  })
}
