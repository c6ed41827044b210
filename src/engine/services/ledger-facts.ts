import type { LedgerFacts } from '#engine/core/ledger-facts.ts'
import type { Plan } from '#engine/core/plan.ts'
import { MANUAL_GROUP, manualPositionSchema, parsePosition, producerPositionSchema } from '#engine/core/positions.ts'
import { aggregateStatePath } from '#engine/core/state-path.ts'
import type { Broker, TopicDescription } from '#engine/ports/broker.ts'
import type { Database } from '#engine/ports/database.ts'
import type { Lake } from '#engine/ports/lake.ts'
import { aggregateFacts, checkerFacts, databaseSinkFacts, filterFacts, lakeSinkFacts } from './reader-facts.ts'
import type { HeldPosition } from './reader-facts.ts'

export interface LedgerParts {
  readonly broker: Broker
  readonly lake: Lake
  /** Undefined where there is none yet: then it holds nothing of any sink. */
  readonly database: () => Promise<Database | undefined>
}

/** So often is a set of facts read again that topics outgrew meanwhile. */
const TRIES = 3

/** Reads everything that the ledger of a pipeline rests on from where it is durable; running jobs are not asked. */
export async function readLedgerFacts(plan: Plan, parts: LedgerParts): Promise<LedgerFacts> {
  let before = await describe(plan, parts.broker)
  for (let tries = 1; ; tries++) {
    const facts = await readFacts(plan, parts, before)
    const after = await describe(plan, parts.broker)
    const moving = appended(before) !== appended(after)
    const topics = Object.fromEntries(after.map(({ name, partitions }) => [name, { partitions }]))
    if (!moving || tries === TRIES) return { ...facts, topics, moving }
    before = after
  }
}

async function describe(plan: Plan, broker: Broker): Promise<readonly TopicDescription[]> {
  const declared = new Set(plan.topics.map(({ topic }) => topic))
  return (await broker.describeTopics()).filter(({ name }) => declared.has(name))
}

function appended(topics: readonly TopicDescription[]): string {
  return JSON.stringify(topics.map(({ partitions }) => partitions.map((partition) => partition.appended)))
}

async function readFacts(
  plan: Plan,
  parts: LedgerParts,
  topics: readonly TopicDescription[],
): Promise<Omit<LedgerFacts, 'topics' | 'moving'>> {
  const positions = await readPositions(parts.broker)
  const held = (group: string, from: readonly string[]) =>
    positions.filter((position) => position.group === group && from.includes(position.topic))
  const described = (from: readonly string[]) => topics.filter(({ name }) => from.includes(name))
  const database = plan.databaseSinks.length > 0 ? await parts.database() : undefined
  return {
    producers: entries(plan.producers, ({ name, group, to }) => [name, producerFacts(held(group, [to])[0])]),
    foreign: entries(plan.topics, ({ topic }) => [topic, manualCount(held(MANUAL_GROUP, [topic])[0])]),
    checkers: entries(plan.checkers, ({ topic, group }) => [topic, checkerFacts(held(group, [topic]))]),
    filters: entries(plan.filters, ({ name, group, from }) => [name, filterFacts(held(group, from))]),
    aggregates: await asyncEntries(plan.aggregates, ({ name, group, from }) => {
      const at = { path: aggregateStatePath(plan.name, name), positions: held(group, from) }
      return aggregateFacts(at, described(from), parts.lake)
    }),
    sinks: {
      ...(await asyncEntries(plan.lakeSinks, (sink) => lakeSinkFacts(sink, described(sink.from), parts.lake))),
      ...(await asyncEntries(plan.databaseSinks, ({ group, from }) =>
        databaseSinkFacts(group, described(from), database),
      )),
    },
  }
}

async function readPositions(broker: Broker): Promise<readonly HeldPosition[]> {
  const groups = await broker.describeGroups('sluice.')
  return groups.flatMap(({ group, positions }) => positions.map((position) => ({ group, ...position })))
}

function producerFacts(position: HeldPosition | undefined): { readonly produced: number; readonly ended: boolean } {
  const { produced, ended } = parsePosition(position?.metadata, producerPositionSchema, position?.group ?? '')
  return { produced, ended }
}

function manualCount(position: HeldPosition | undefined): number {
  return parsePosition(position?.metadata, manualPositionSchema, MANUAL_GROUP).produced
}

function entries<T, R>(items: readonly T[], entry: (item: T) => readonly [string, R]): Record<string, R> {
  return Object.fromEntries(items.map(entry))
}

async function asyncEntries<T extends { readonly name: string }, R>(
  items: readonly T[],
  value: (item: T) => Promise<R>,
): Promise<Record<string, R>> {
  return Object.fromEntries(await Promise.all(items.map(async (item) => [item.name, await value(item)] as const)))
}
