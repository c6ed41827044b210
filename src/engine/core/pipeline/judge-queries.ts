import { checkQuery, type SqlColumn, type Tables } from '#engine/core/portable-sql.ts'
import { suggestion } from '#engine/core/suggest.ts'
import type { AnalysisDeclaration } from './output-schema.ts'
import { type SiteReader, spellingOf } from './site-reader.ts'
import { defaultSite, ownSite, type SqlSite } from './sql-sites.ts'

/** Judges an analysis; the columns of its result as far as they are known. */
export function judgeAnalysis(
  [name, analysis]: readonly [string, AnalysisDeclaration],
  tables: Tables,
  reader: SiteReader,
): readonly SqlColumn[] | undefined {
  const columns = resultColumns([name, analysis], tables, reader)
  if (columns !== undefined) checkChart([name, analysis], columns, reader)
  return columns
}

/** Judges a query in portable SQL; the columns of its result as far as they are known. */
export function judgeQuery(site: SqlSite, tables: Tables, reader: SiteReader): readonly SqlColumn[] | undefined {
  const tree = reader.tree(site)
  if (tree === undefined) return undefined
  const { findings, columns } = checkQuery(tree, tables)
  reader.report(site, [...findings, ...spellingOf(site)])
  return columns
}

function resultColumns(
  [name, { sql }]: readonly [string, AnalysisDeclaration],
  tables: Tables,
  reader: SiteReader,
): readonly SqlColumn[] | undefined {
  const common = defaultSite(name, sql)
  const own = ownSite(name, sql)
  if (own === undefined) return judgeQuery(common, tables, reader)
  // Where DuckDB has its own, `default` is for engines whose functions are not all known here: it only has to parse.
  reader.tree(common)
  const tree = reader.tree(own)
  if (tree === undefined) return undefined
  const { findings, columns } = checkQuery(tree, tables, true)
  reader.report(own, findings)
  return columns
}

function checkChart(
  [name, { chart }]: readonly [string, AnalysisDeclaration],
  columns: readonly SqlColumn[],
  reader: SiteReader,
): void {
  const names = columns.map((column) => column.name)
  const axes = Object.entries(chart === undefined ? {} : { x: chart.x, y: chart.y })
  for (const [axis, column] of axes.filter(([, wanted]) => !names.includes(wanted))) {
    reader.findings.push({
      path: ['analyses', name, 'chart', axis],
      message: `The result has no column "${column}".`,
      remedy: suggestion(column, names, 'Columns'),
    })
  }
}
