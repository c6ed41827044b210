import { withNow } from '#engine/core/portable-sql.ts'
import { declared, type Draft } from './draft.ts'
import { type AnalysisSql, byDialect } from './output-schema.ts'
import { type KeyPath, keyText } from './problem.ts'
import { selectedBy } from './selected.ts'

/** An SQL text of a pipeline, and how it has to be parsed. */
export interface SqlSite {
  readonly path: KeyPath
  readonly sql: string
  readonly kind: 'expression' | 'query'
}

/** What a parser made of a text. */
export type Parsed = { readonly tree: unknown } | { readonly message: string; readonly position?: number }

/** Every text's tree, by `siteKey`. */
export type Trees = ReadonlyMap<string, Parsed>

/** Any time will do to see whether the SQL is right. */
const SOME_TIME = '2026-01-31T00:00:00Z'

/** How much longer a text gets by each `{now}`. */
export const NOW_GROWTH = withNow('{now}', SOME_TIME).length - '{now}'.length

/** Every SQL text that has to be parsed before the pipeline can be judged. Hive's and Spark's own are theirs to judge. */
export function sqlSites(draft: Draft): readonly SqlSite[] {
  return [...filterSites(draft), ...measureSites(draft), ...querySites(draft)]
}

/** What is given to the parser. */
export function parserText({ kind, sql }: SqlSite): string {
  return kind === 'query' ? withNow(sql, SOME_TIME) : sql
}

/** The key of a site's tree. */
export function siteKey(path: KeyPath): string {
  return keyText(path)
}

function filterSites(draft: Draft): readonly SqlSite[] {
  return declared(draft.filters).flatMap(([name, filter]) => {
    const where = filter.where === undefined ? [] : [{ path: ['filters', name, 'where'], sql: filter.where }]
    const select = (selectedBy(filter) ?? []).map(({ key, sql }) => ({ path: ['filters', name, ...key], sql }))
    return [...where, ...select].map((site) => ({ ...site, kind: 'expression' as const }))
  })
}

function measureSites(draft: Draft): readonly SqlSite[] {
  return declared(draft.aggregates).flatMap(([name, { measures }]) =>
    Object.entries(measures).map(([measure, sql]) => ({
      path: ['aggregates', name, 'measures', measure],
      sql,
      kind: 'expression' as const,
    })),
  )
}

function querySites(draft: Draft): readonly SqlSite[] {
  const analyses = declared(draft.analyses).flatMap(([name, { sql }]) => {
    const own = ownSite(name, sql)
    return own === undefined ? [defaultSite(name, sql)] : [defaultSite(name, sql), own]
  })
  return [...analyses, ...declared(draft.endpoints).map(([route, { sql }]) => endpointSite(route, sql))]
}

/** What every engine runs that has no SQL of its own. */
export function defaultSite(analysis: string, sql: AnalysisSql): SqlSite {
  const path = ['analyses', analysis, 'sql', ...(typeof sql === 'string' ? [] : ['default'])]
  return { path, sql: byDialect(sql).default, kind: 'query' }
}

/** What DuckDB runs instead. */
export function ownSite(analysis: string, sql: AnalysisSql): SqlSite | undefined {
  const { duckdb } = byDialect(sql)
  return duckdb === undefined
    ? undefined
    : { path: ['analyses', analysis, 'sql', 'duckdb'], sql: duckdb, kind: 'query' }
}

export function endpointSite(route: string, sql: string): SqlSite {
  return { path: ['endpoints', route, 'sql'], sql, kind: 'query' }
}
