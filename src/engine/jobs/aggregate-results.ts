import type { AggregatePlan, Plan } from '#engine/core/plan.ts'
import { isSluiceError } from '#engine/core/sluice-error.ts'
import { aggregateStatePath } from '#engine/core/state-path.ts'
import type { Lake } from '#engine/ports/lake.ts'
import type { AggregateProgram, Transform } from '#engine/ports/transform.ts'
import { withLocalCopies } from './local-copies.ts'

/** Snapshots that stay: readers of the one before are not cut off. */
const KEPT = 2
const SNAPSHOT = /^v(\d+)$/

export interface FileResults {
  readonly pipeline: Plan
  readonly plan: AggregatePlan
  readonly program: AggregateProgram
  readonly to: { readonly path: string; readonly format: 'parquet' | 'json' }
  readonly lake: Lake
  readonly transform: Transform
  readonly tempFolder: string
  readonly newId: () => string
}

/** One filing of an aggregate's results at a time, by result path. */
const filing = new Map<string, Promise<void>>()

/** Files the results of all partitions' states as a whole: `<path>/v<n>/`, the highest n counts. */
export function fileResults(results: FileResults): Promise<void> {
  const { path } = results.to
  const after = (filing.get(path) ?? Promise.resolve()).then(() => fileOnce(results))
  filing.set(
    path,
    after.catch(() => undefined),
  )
  return after
}

async function fileOnce({
  pipeline,
  plan,
  program,
  to,
  lake,
  transform,
  tempFolder,
  newId,
}: FileResults): Promise<void> {
  const paths = await statePaths(lake, aggregateStatePath(pipeline.name, plan.name))
  const merged = await withLocalCopies(lake, { paths, folder: tempFolder }, (files) =>
    transform.merge(program, files, to.format),
  )
  const versions = await snapshots(lake, to.path)
  const next = `${to.path}/v${Math.max(0, ...versions) + 1}`
  const open = `${to.path}/_sluice/tmp/${newId()}`
  await lake.adopt(`${open}/results.${to.format}`, merged.localFile)
  await lake.rename(open, next)
  for (const old of versions.toSorted((a, b) => b - a).slice(KEPT - 1)) await lake.remove(`${to.path}/v${old}`)
}

/** The newest state of each partition. */
async function statePaths(lake: Lake, folder: string): Promise<string[]> {
  const entries = await lake.list(folder)
  return entries.filter(({ kind, name }) => kind === 'file' && name.endsWith('.parquet')).map(({ path }) => path)
}

async function snapshots(lake: Lake, path: string): Promise<number[]> {
  try {
    return (await lake.list(path)).flatMap(({ name }) => SNAPSHOT.exec(name)?.[1] ?? []).map(Number)
  } catch (error) {
    if (isSluiceError(error, 'FILE_UNKNOWN')) return []
    throw error
  }
}
