import { declared, type Draft } from './draft.ts'
import type { Finding, KeyPath } from './problem.ts'
import { resultTables } from './table-catalog.ts'

/** One who has taken a name: where, and in words. */
interface Claim {
  readonly name: string
  readonly path: KeyPath
}

/** Names that have to be different: of jobs (their groups and logs), tables, database tables and HTTP paths. */
export function checkNames(draft: Draft): readonly Finding[] {
  return [
    ...doubles(jobClaims(draft), 'job', 'Jobs are known by their name in logs and groups: give one of them another.'),
    ...doubles(tableClaims(draft), 'table', 'Give one of them another name.'),
    ...doubles(databaseClaims(draft), 'database table', 'Give each sink its own table, or one sink a list in `from`.'),
    ...doubles(routeClaims(draft), 'path', 'Give one of them another path.'),
  ]
}

function doubles(claims: readonly Claim[], noun: string, remedy: string): readonly Finding[] {
  const first = new Map<string, KeyPath>()
  return claims.flatMap(({ name, path }): Finding[] => {
    const owner = first.get(name)
    if (owner === undefined) first.set(name, path)
    if (owner === undefined) return []
    return [{ path, at: 'key', message: `The ${noun} "${name}" is there already: ${owner.join('.')}.`, remedy }]
  })
}

function jobClaims(draft: Draft): readonly Claim[] {
  return (['producers', 'filters', 'aggregates', 'sinks'] as const).flatMap((section) =>
    [...draft[section].keys()].map((name) => ({ name, path: [section, name] })),
  )
}

function tableClaims(draft: Draft): readonly Claim[] {
  const tables = [...draft.tables.keys()].map((name) => ({ name, path: ['tables', name] }))
  const own = new Map(declared(draft.analyses).map(([name, { into }]) => [into, ['analyses', name, 'into', 'table']]))
  const histories = declared(draft.producers).map(([name, { http }]): [unknown, string[]] => [
    http?.history?.into,
    ['producers', name, 'http', 'history', 'into', 'table'],
  ])
  const paths = new Map<unknown, KeyPath>([...own, ...histories])
  return [...tables, ...resultTables(draft).map((into) => ({ name: into.table, path: paths.get(into) ?? [] }))]
}

function databaseClaims(draft: Draft): readonly Claim[] {
  const sinks = declared(draft.sinks).flatMap(([name, { database }]) =>
    database === undefined ? [] : [{ name: database.table, path: ['sinks', name, 'database', 'table'] }],
  )
  const collected = declared(draft.producers).flatMap(([name, { http }]) =>
    http?.history === undefined
      ? []
      : [{ name: http.history.collected, path: ['producers', name, 'http', 'history', 'collected'] }],
  )
  return [...sinks, ...collected]
}

/** As a server sees them: without a slash at the end, in any case. */
function routeClaims(draft: Draft): readonly Claim[] {
  const endpoints = [...draft.endpoints.keys()].map((route) => ({ route, path: ['endpoints', route] }))
  const forms = declared(draft.producers).flatMap(([name, { form }]) =>
    form === undefined ? [] : [{ route: form.path, path: ['producers', name, 'form', 'path'] }],
  )
  return [...endpoints, ...forms].map(({ route, path }) => ({
    name: route.toLowerCase().replace(/(?<=.)\/$/, ''),
    path,
  }))
}
