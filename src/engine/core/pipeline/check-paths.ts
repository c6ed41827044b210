import { declared, type Draft } from './draft.ts'
import type { Finding, KeyPath } from './problem.ts'

interface Claim {
  readonly lakePath: string
  readonly path: KeyPath
}

/** A lake folder has one writer: no two write the same one, or one within another's; a table reads one that is written. */
export function checkPaths(draft: Draft): readonly Finding[] {
  const claims = claimsOf(draft)
  const overlaps = claims.flatMap(({ lakePath, path }, i) => {
    const other = claims
      .slice(0, i)
      .find((earlier) => within(lakePath, earlier.lakePath) || within(earlier.lakePath, lakePath))
    return other === undefined ? [] : [overlap({ lakePath, path }, other)]
  })
  return [...overlaps, ...tableFindings(draft, claims)]
}

function claimsOf(draft: Draft): readonly Claim[] {
  const sinks = declared(draft.sinks).map(([name, { lake }]) => claim(lake?.path, ['sinks', name, 'lake', 'path']))
  const aggregates = declared(draft.aggregates).map(([name, { lake }]) =>
    claim(lake?.path, ['aggregates', name, 'lake', 'path']),
  )
  const analyses = declared(draft.analyses).map(([name, { into }]) =>
    claim(into?.path, ['analyses', name, 'into', 'path']),
  )
  const polls = declared(draft.producers).flatMap(([name, { http }]) => [
    claim(http?.raw, ['producers', name, 'http', 'raw']),
    claim(http?.history?.into.path, ['producers', name, 'http', 'history', 'into', 'path']),
  ])
  return [...sinks, ...aggregates, ...analyses, ...polls].filter((found) => found !== undefined)
}

function claim(lakePath: string | undefined, path: KeyPath): Claim | undefined {
  return lakePath === undefined ? undefined : { lakePath, path }
}

function within(inner: string, outer: string): boolean {
  return inner === outer || inner.startsWith(`${outer}/`)
}

function overlap({ lakePath, path }: Claim, other: Claim): Finding {
  const owner = `${String(other.path[0]).replace(/s$/, '').replace('analyse', 'analysis')} ${other.path[1]}`
  const how =
    lakePath === other.lakePath
      ? `belongs to ${owner} already`
      : `and ${other.lakePath} of ${owner} lie one within the other`
  return { path, message: `${lakePath} ${how}.`, remedy: 'A lake folder has one writer: give it another path.' }
}

function tableFindings(draft: Draft, claims: readonly Claim[]): readonly Finding[] {
  const raw = new Set(declared(draft.producers).map(([, { http }]) => http?.raw))
  const filled = claims.map(({ lakePath }) => lakePath).filter((lakePath) => !raw.has(lakePath))
  // What a broken part would fill isn't known: say nothing then.
  const isWhole = [draft.sinks, draft.aggregates, draft.analyses, draft.producers].every(
    (part) => ![...part.values()].includes(undefined),
  )
  return declared(draft.tables).flatMap(([name, { path: lakePath }]): Finding[] => {
    if (filled.includes(lakePath) || !isWhole) return []
    const remedy =
      filled.length === 0
        ? 'Add a sink with this path.'
        : `Folders that are filled: ${[...new Set(filled)].join(', ')}.`
    return [{ path: ['tables', name, 'path'], message: `Nothing fills ${lakePath}.`, remedy }]
  })
}
