import type { ResetItem, ResetPart, ResetParts, ResetReport } from '#contract/pipelines.ts'
import { aggregateStatePath } from '#engine/core/state-path.ts'
import type { Plan } from '#engine/core/plan.ts'
import type { Broker } from '#engine/ports/broker.ts'
import type { Database } from '#engine/ports/database.ts'
import type { Lake } from '#engine/ports/lake.ts'
import type { Warehouse } from '#engine/ports/warehouse.ts'

export interface ResetTargets {
  readonly broker: Broker
  readonly lake: Lake
  readonly warehouse: Warehouse
  /** Undefined where there is none yet. */
  readonly database: () => Promise<Database | undefined>
}

/** One thing that can go, with how it goes. */
interface Removal {
  readonly item: ResetItem
  readonly remove: () => Promise<void>
}

/** What a reset of these parts (all of them where nothing is said) would take, with counts and sizes. Nothing is touched. */
export async function previewReset(plan: Plan, targets: ResetTargets, what?: ResetParts): Promise<ResetReport> {
  const removals = await findRemovals(plan, targets, what)
  return { pipeline: plan.name, items: removals.map(({ item }) => item) }
}

/** Takes them away. The pipeline has been stopped. One that died half-way is finished by another reset. */
export async function resetPipeline(plan: Plan, targets: ResetTargets, what?: ResetParts): Promise<ResetReport> {
  const removals = await findRemovals(plan, targets, what)
  for (const { remove } of removals) await remove()
  return { pipeline: plan.name, items: removals.map(({ item }) => item) }
}

async function findRemovals(plan: Plan, targets: ResetTargets, what?: ResetParts): Promise<Removal[]> {
  const finders: readonly (readonly [ResetPart, () => Promise<Removal[]>])[] = [
    ['offsets', () => findOffsets(plan, targets)],
    ['topics', () => findTopics(plan, targets)],
    ['lake', () => findFolders(sinkPaths(plan), 'lake', targets.lake)],
    ['tables', () => findTables(plan, targets)],
    ['database', () => findDatabaseTables(plan, targets)],
    ['analyses', () => findFolders(analysisPaths(plan), 'analyses', targets.lake)],
  ]
  const chosen = finders.filter(([part]) => what === undefined || what[part] === true)
  return (await Promise.all(chosen.map(([, find]) => find()))).flat()
}

async function findTables(plan: Plan, { warehouse }: ResetTargets): Promise<Removal[]> {
  const held = new Set((await warehouse.catalog()).map(({ name }) => name))
  const mine = plan.tables.filter(({ name }) => held.has(name))
  return mine.map(({ name }) => ({ item: { part: 'tables', name }, remove: () => warehouse.dropTable(name) }))
}

function analysisPaths(plan: Plan): string[] {
  return plan.analyses.flatMap(({ into }) => (into ? [into.path] : []))
}

function groupsOf(plan: Plan): readonly string[] {
  const jobs = [
    ...plan.producers,
    ...plan.checkers,
    ...plan.filters,
    ...plan.aggregates,
    ...plan.lakeSinks,
    ...plan.databaseSinks,
  ]
  return jobs.map(({ group }) => group)
}

async function findOffsets(plan: Plan, { broker }: ResetTargets): Promise<Removal[]> {
  const held = new Set((await broker.describeGroups('sluice.')).map(({ group }) => group))
  const mine = groupsOf(plan).filter((group) => held.has(group))
  return mine.map((name) => ({ item: { part: 'offsets', name }, remove: () => broker.deleteGroup(name) }))
}

/** The pipeline's own topics, and those that its filters made for records on which they failed. */
async function findTopics(plan: Plan, { broker }: ResetTargets): Promise<Removal[]> {
  const own = new Set(plan.topics.filter(({ external }) => !external).map(({ topic }) => topic))
  const failed = new Set(plan.filters.map(({ name }) => `${plan.name}.${name}.failed`))
  const topics = (await broker.describeTopics()).filter(({ name }) => own.has(name) || failed.has(name))
  return topics.map(({ name, partitions }) => ({
    item: {
      part: 'topics',
      name,
      records: partitions.reduce((sum, { low, high }) => sum + high - low, 0),
      bytes: partitions.reduce((sum, { bytes }) => sum + bytes, 0),
    },
    remove: () => broker.deleteTopic(name),
  }))
}

/** The lake's folders that a pipeline fills: files of sinks with their commit logs, results and states of aggregates. */
function sinkPaths(plan: Plan): string[] {
  const results = plan.aggregates.flatMap(({ lake }) => (lake ? [lake.path] : []))
  return [
    ...plan.lakeSinks.map(({ path }) => path),
    ...results,
    ...plan.aggregates.map(({ name }) => aggregateStatePath(plan.name, name)),
  ]
}

async function findFolders(paths: readonly string[], part: ResetPart, lake: Lake): Promise<Removal[]> {
  const found = await Promise.all(
    paths.map(async (path): Promise<Removal[]> => {
      if (!(await lake.stat(path))) return []
      const { files, bytes } = await lake.usage(path)
      return [{ item: { part, name: path, files, bytes }, remove: () => lake.remove(path) }]
    }),
  )
  return found.flat()
}

async function findDatabaseTables(plan: Plan, targets: ResetTargets): Promise<Removal[]> {
  const database = plan.databaseSinks.length > 0 ? await targets.database() : undefined
  if (!database) return []
  const held = new Set(await database.tables())
  return plan.databaseSinks
    .filter(({ table }) => held.has(table))
    .map(({ table, group }) => ({
      item: { part: 'database', name: table },
      remove: () => database.dropTable(table, [group]),
    }))
}
