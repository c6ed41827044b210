import type { CreateTopic, Group, Produce, Produced, TopicDetail, TopicSummary } from '#contract/topics.ts'
import type { Plan, TopicPlan } from '#engine/core/plan.ts'
import { MANUAL_GROUP, manualPositionSchema, parsePosition } from '#engine/core/positions.ts'
import { routeRecords } from '#engine/core/route-records.ts'
import { SluiceError } from '#engine/core/sluice-error.ts'
import type { Topics } from '#engine/engine-api.ts'
import type { Broker, GroupDescription, TopicDescription, Writer } from '#engine/ports/broker.ts'
import { manualRecords } from './manual-records.ts'
import { tailTopic } from './tail-topic.ts'

export interface TopicsParts {
  readonly broker: Broker
  /** The plans of every pipeline that the engine knows. */
  readonly plans: () => readonly Plan[]
  readonly isRunning: (pipeline: string) => boolean
}

/** Topics as people see and touch them. What they append is counted under `MANUAL_GROUP`, partition 0, in the same transaction. */
export function createTopicsService(parts: TopicsParts): Topics {
  const { broker } = parts
  const appendByHand = serial(manualAppender(broker))
  return {
    list: async () => (await broker.describeTopics()).map((topic) => summaryOf(topic, ownerOf(parts, topic.name))),
    describe: (topic) => detailOf(parts, topic),
    tail: (request, signal) => tailTopic(broker, request, signal),
    produce: appendByHand,
    create: (request) => createTopic(parts, request),
    delete: (topic) => deleteTopic(parts, topic),
    groups: async (prefix) => (await broker.describeGroups(prefix)).filter(isReader).map(groupOf),
  }
}

interface Owner {
  readonly plan: Plan
  readonly topic: TopicPlan
}

function ownerOf({ plans }: TopicsParts, name: string): Owner | undefined {
  for (const plan of plans()) {
    const topic = plan.topics.find((candidate) => candidate.topic === name)
    if (topic) return { plan, topic }
  }
  return undefined
}

function summaryOf(topic: TopicDescription, owner: Owner | undefined): TopicSummary {
  const total = (count: (part: TopicDescription['partitions'][number]) => number): number =>
    topic.partitions.reduce((sum, part) => sum + count(part), 0)
  return {
    name: topic.name,
    partitions: topic.partitions.length,
    records: total((part) => part.high - part.low),
    appended: total((part) => part.appended),
    bytes: total((part) => part.bytes),
    ...(owner && { pipeline: owner.plan.name }),
  }
}

async function detailOf(parts: TopicsParts, name: string): Promise<TopicDetail> {
  const [topic] = await parts.broker.describeTopics([name])
  if (!topic) throw new SluiceError('TOPIC_UNKNOWN', `describing topic ${name}`)
  const owner = ownerOf(parts, name)
  const groups = (await parts.broker.describeGroups()).filter(isReader)
  return {
    ...summaryOf(topic, owner),
    incarnation: topic.incarnation,
    ...(topic.retention && { retention: topic.retention }),
    parts: topic.partitions.map((part) => ({ ...part })),
    ...(owner && {
      columns: owner.topic.columns.map(({ name: column, type, required }) => ({
        name: column,
        type,
        required: required ?? false,
      })),
    }),
    groups: groups.flatMap(({ group, positions }) => {
      const here = positions.filter((position) => position.topic === name)
      return here.length === 0 ? [] : [{ group, lag: here.reduce((sum, position) => sum + position.lag, 0) }]
    }),
  }
}

// Producers keep their positions as groups do; they read nothing, so that a lag of theirs would mean nothing.
function isReader({ group }: GroupDescription): boolean {
  return group !== MANUAL_GROUP && !group.startsWith('sluice.producer.')
}

function groupOf({ group, positions }: GroupDescription): Group {
  return {
    group,
    lag: positions.reduce((sum, position) => sum + position.lag, 0),
    positions: positions.map((position) => ({ ...position })),
  }
}

async function createTopic(parts: TopicsParts, request: CreateTopic): Promise<TopicDetail> {
  const { topic, partitions, retention } = request
  await parts.broker.ensureTopic(topic, { partitions, ...(retention && { retention }) })
  return detailOf(parts, topic)
}

async function deleteTopic(parts: TopicsParts, topic: string): Promise<{ topic: string; records: number }> {
  const owner = ownerOf(parts, topic)
  if (owner && parts.isRunning(owner.plan.name)) {
    throw new SluiceError('USAGE', `Topic ${topic} belongs to the pipeline ${owner.plan.name}, which runs.`, {
      remedy: `Stop it first: \`sluice stop ${owner.plan.name}\`.`,
    })
  }
  const { records } = await detailOf(parts, topic)
  await parts.broker.deleteTopic(topic)
  return { topic, records }
}

type Append = (request: Produce) => Promise<Produced>

function manualAppender(broker: Broker): Append {
  let writer: Promise<Writer> | undefined
  let turn = 0
  return async ({ topic, records }) => {
    const [description] = await broker.describeTopics([topic])
    if (!description) throw new SluiceError('TOPIC_UNKNOWN', `appending to topic ${topic}`)
    const position = await broker.position(MANUAL_GROUP, topic, 0)
    const before = parsePosition(position?.metadata, manualPositionSchema, MANUAL_GROUP).produced
    const produced = before + records.length
    writer ??= broker.openWriter(MANUAL_GROUP)
    turn += 1
    const ranges = await (
      await writer
    ).transact({
      appends: routeRecords(manualRecords(records), description.partitions.length, turn).map((routed) => ({
        topic,
        ...routed,
      })),
      commits: [{ group: MANUAL_GROUP, topic, partition: 0, next: produced, metadata: JSON.stringify({ produced }) }],
    })
    return {
      count: records.length,
      ranges: ranges.map(({ partition, first, last }) => ({ partition, first, last })),
    }
  }
}

/** One append after the other: each reads the count that the one before has committed. */
function serial(append: Append): Append {
  let last: Promise<unknown> = Promise.resolve()
  return (request) => {
    const mine = last.then(() => append(request))
    last = mine.catch(() => undefined)
    return mine
  }
}
