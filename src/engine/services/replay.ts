import type { Replay, ReplayReport } from '#contract/pipelines.ts'
import { schemaText } from '#engine/core/commit-log/schema-text.ts'
import type { StandingFile } from '#engine/core/commit-log/rebuild.ts'
import type { LakeSinkPlan, Plan, TablePlan } from '#engine/core/plan.ts'
import { SluiceError } from '#engine/core/sluice-error.ts'
import { openCommitLog } from '#engine/jobs/commit-log-runner.ts'
import type { CommitLog, Outcome } from '#engine/jobs/commit-log-runner.ts'
import type { Broker } from '#engine/ports/broker.ts'
import type { Lake } from '#engine/ports/lake.ts'
import { sleep } from '#engine/ports/sleep.ts'
import type { Warehouse } from '#engine/ports/warehouse.ts'
import { readLedgerFacts } from './ledger-facts.ts'
import { behindOf, NO_READER_FACTS } from '#engine/core/ledger-facts.ts'
import { countRows, difference } from './replay-difference.ts'
import type { JobRunner } from './pipelines.ts'

export interface ReplayParts {
  readonly broker: Broker
  readonly lake: Lake
  readonly warehouse: Warehouse
  readonly jobs: JobRunner
  readonly clock: () => number
  readonly newId: () => string
}

/** Where one partition starts again. */
interface Start {
  readonly topic: string
  readonly partition: number
  readonly incarnation: string
  readonly from: number
}

const TRIES = 20
const LOOK_MS = 100

/**
 * Files a sink's records again. `rebuild`: an entry takes the files from the start on away, and the sink goes on from
 * there (at once if it runs; it is fenced, and opens its log anew). `elsewhere`: another folder is filled by the same sink
 * while this one stays as it is; then rows are compared.
 */
export async function replay(plan: Plan, request: Replay, parts: ReplayParts): Promise<ReplayReport> {
  const sink = plan.lakeSinks.find(({ name }) => name === request.sink)
  if (!sink) throw unknownSink(plan, request.sink)
  const starts = await startsOf(sink, request.from, parts.broker)
  return request.mode === 'rebuild' ? rebuild({ plan, sink, starts }, parts) : elsewhere({ plan, sink, starts }, parts)
}

interface Task {
  readonly plan: Plan
  readonly sink: LakeSinkPlan
  readonly starts: readonly Start[]
}

function unknownSink(plan: Plan, name: string): SluiceError {
  const sinks = plan.lakeSinks.map((sink) => sink.name).join(', ')
  const isDatabase = plan.databaseSinks.some((sink) => sink.name === name)
  const remedy = isDatabase
    ? 'A database sink is filled again by `sluice reset`.'
    : `Its lake sinks: ${sinks || 'none'}.`
  return new SluiceError('USAGE', `${plan.name} has no lake sink named ${name}.`, { remedy })
}

async function startsOf(sink: LakeSinkPlan, from: Replay['from'], broker: Broker): Promise<Start[]> {
  const topics = await broker.describeTopics(sink.from)
  const starts = topics.flatMap(({ name: topic, incarnation, partitions }) =>
    partitions.map(async ({ partition, low, high }) => {
      const at = 'offset' in from ? from.offset : await broker.offsetAt(topic, partition, Date.parse(from.time))
      if (at < low) throw lost(topic, { partition, at, low })
      return { topic, partition, incarnation, from: Math.min(at, high) }
    }),
  )
  return Promise.all(starts)
}

function lost(
  topic: string,
  { partition, at, low }: { readonly partition: number; readonly at: number; readonly low: number },
): SluiceError {
  return new SluiceError(
    'OFFSET_OUT_OF_RANGE',
    `${topic}/${partition} begins at offset ${low}: retention took what came before, so nothing can be filed again from ${at}.`,
    {
      remedy: `Replay from ${low} or later.`,
    },
  )
}

async function rebuild({ plan, sink, starts }: Task, parts: ReplayParts): Promise<ReplayReport> {
  const positions = []
  let filesRemoved = 0
  for (const start of starts) {
    const { before, at } = await rebuildPartition(sink, start, parts)
    filesRemoved += before.files - at.totals.files
    positions.push({ topic: start.topic, partition: start.partition, from: at.last + 1 })
  }
  return { pipeline: plan.name, sink: sink.name, mode: 'rebuild', path: sink.path, filesRemoved, positions }
}

/** A running sink that opens its log at the same moment may be first: then once more. */
async function rebuildPartition(
  sink: LakeSinkPlan,
  start: Start,
  parts: ReplayParts,
): Promise<{ before: CommitLog['at']['totals']; at: CommitLog['at'] }> {
  for (let tries = 0; tries < TRIES; tries++) {
    await using log = await openLog(sink, start, parts)
    const before = log.at.totals
    const done = await log.rebuild(start.from, (files) => rowsOf(sink, files, parts.warehouse))
    if (done === 'committed') return { before, at: log.at }
  }
  throw new SluiceError('FENCED', `rebuilding ${sink.path} of ${start.topic}/${start.partition}`, { retryable: true })
}

function openLog(
  sink: LakeSinkPlan,
  { topic, partition, incarnation }: Start,
  { lake, newId }: ReplayParts,
): Promise<CommitLog> {
  const schema = schemaText(sink.columns)
  return openCommitLog(lake, { path: sink.path, topic, partition, format: sink.format, incarnation, schema, newId })
}

async function rowsOf(sink: LakeSinkPlan, files: readonly StandingFile[], warehouse: Warehouse): Promise<number> {
  const [file] = files
  if (!file) return 0
  if (sink.from.length > 1) {
    throw new SluiceError('USAGE', `The commit log of ${sink.path} no longer holds the counts at this offset.`, {
      remedy: 'Replay from 0, or from a later offset.',
    })
  }
  const first = Math.min(...files.map((standing) => standing.first))
  return countRows(warehouse, tableOf(sink, sink.path), { partition: file.partition, from: first })
}

function tableOf(sink: LakeSinkPlan, path: string): Omit<TablePlan, 'name'> {
  const { format, columns, partitionBy } = sink
  return { path, format, columns, partitionBy, snapshots: false }
}

async function elsewhere({ plan, sink, starts }: Task, parts: ReplayParts): Promise<ReplayReport> {
  const path = `${sink.path}__replay_${new Date(parts.clock()).toISOString().replaceAll(/[-:]|\.\d+/g, '')}`
  const name = `${plan.name}.replay.${sink.name}`
  const target = { ...sink, path, group: `sluice.${name}` }
  for (const start of starts) await skipTo(target, start, parts)
  const nothing = {
    producers: [],
    checkers: [],
    filters: [],
    aggregates: [],
    databaseSinks: [],
    tables: [],
    analyses: [],
    endpoints: [],
  }
  await runUntilFiled({ ...plan, ...nothing, name, lakeSinks: [target] }, parts)
  const found = await difference(parts.warehouse, [tableOf(sink, sink.path), tableOf(sink, path)], starts)
  const positions = starts.map(({ topic, partition, from }) => ({ topic, partition, from }))
  return {
    pipeline: plan.name,
    sink: sink.name,
    mode: 'elsewhere',
    path,
    filesRemoved: 0,
    positions,
    difference: found,
  }
}

/** The new log begins where the replay begins. */
async function skipTo(target: LakeSinkPlan, start: Start, parts: ReplayParts): Promise<void> {
  if (start.from === 0) return
  await using log = await openLog(target, start, parts)
  const done: Outcome = await log.commit({
    first: 0,
    last: start.from - 1,
    rows: 0,
    rejected: 0,
    print: null,
    files: [],
  })
  if (done === 'fenced') throw new SluiceError('FENCED', `beginning ${target.path}`)
}

async function runUntilFiled(plan: Plan, parts: ReplayParts): Promise<void> {
  const topics = plan.lakeSinks.flatMap(({ from }) => from)
  await parts.jobs.start([{ plan, assignment: { producers: [], topics } }])
  try {
    for (;;) {
      const facts = await readLedgerFacts(plan, { ...parts, database: async () => undefined })
      if (plan.lakeSinks.every(({ name, from }) => behindOf(facts.sinks[name] ?? NO_READER_FACTS, from, facts) <= 0))
        return
      parts.jobs.flush(plan.name)
      await sleep(LOOK_MS, new AbortController().signal)
    }
  } finally {
    await parts.jobs.stop(plan.name)
  }
}
