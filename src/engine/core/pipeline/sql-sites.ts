import { withNow } from '#engine/core/portable-sql.ts'
import { declared, type Draft } from './draft.ts'
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
    const own = sql.duckdb === undefined ? [] : [{ path: ['analyses', name, 'sql', 'duckdb'], sql: sql.duckdb }]
    return [{ path: ['analyses', name, 'sql', 'default'], sql: sql.default }, ...own]
  })
  const endpoints = declared(draft.endpoints).map(([name, { sql }]) => ({ path: ['endpoints', name, 'sql'], sql }))
  return [...analyses, ...endpoints].map((site) => ({ ...site, kind: 'query' as const }))
}
