import { beforeNow, checkSpelling, nowPlaces, type SqlFinding } from '#engine/core/portable-sql.ts'
import type { Finding } from './problem.ts'
import { NOW_GROWTH, type Parsed, parserText, siteKey, type SqlSite, type Trees } from './sql-sites.ts'

/** Reads the trees of SQL texts and turns what is found in them into findings at their place in the file. */
export interface SiteReader {
  readonly findings: Finding[]
  /** The tree of a text; undefined, and told, where it does not parse. */
  tree(site: SqlSite): unknown
  report(site: SqlSite, found: readonly SqlFinding[]): void
}

export function createSiteReader(trees: Trees): SiteReader {
  const findings: Finding[] = []
  const report = (site: SqlSite, found: readonly SqlFinding[]): void => {
    findings.push(...found.map((finding) => placed(site, finding)))
  }
  const tree = (site: SqlSite): unknown => {
    const wrong = nowInExpression(site)
    if (wrong !== undefined) report(site, [wrong])
    const parsed = trees.get(siteKey(site.path))
    if (wrong !== undefined || parsed === undefined) return undefined
    if (isTree(parsed)) return parsed.tree
    report(site, [unreadable(site, parsed)])
    return undefined
  }
  return { findings, tree, report }
}

/** The parser reads an expression within brackets: what it misses at the end is no bracket of ours. */
function unreadable(site: SqlSite, { message, position: place }: Extract<Parsed, { message: string }>): SqlFinding {
  const isShort = place !== undefined && place >= parserText(site).trimEnd().length
  const why = isShort ? 'it ends too early' : message
  return { message: `This SQL can't be read: ${why}.`, remedy: 'Mend the SQL here.', ...at(place) }
}

/** What only the text of a portable SQL shows. */
export function spellingOf(site: SqlSite): readonly SqlFinding[] {
  return checkSpelling(site.sql).map((finding) => ({ ...finding, ...at(toParsed(site, finding.position)) }))
}

function placed(site: SqlSite, { message, remedy, position: found }: SqlFinding): Finding {
  const offset = position(site, found)
  return { path: site.path, message, remedy, ...(offset === undefined ? {} : { offset }) }
}

/** From a place in the parsed text to the one in the file's. */
function position(site: SqlSite, parsed: number | undefined): number | undefined {
  if (parsed === undefined || site.kind === 'expression') return parsed
  return beforeNow(site.sql, parsed, NOW_GROWTH)
}

function toParsed({ sql, kind }: SqlSite, own: number | undefined): number | undefined {
  if (own === undefined || kind === 'expression') return own
  return own + nowPlaces(sql).filter((place) => place < own).length * NOW_GROWTH
}

function at(offset: number | undefined): { readonly position?: number } {
  return offset === undefined ? {} : { position: offset }
}

function isTree(parsed: Parsed): parsed is { readonly tree: unknown } {
  return 'tree' in parsed
}

function nowInExpression({ kind, sql }: SqlSite): SqlFinding | undefined {
  const [place] = kind === 'expression' ? nowPlaces(sql) : []
  if (place === undefined) return undefined
  const remedy = 'Compare with a column: a replay has to judge each record as the first time.'
  return { message: '{now} has no meaning here.', remedy, position: place }
}
