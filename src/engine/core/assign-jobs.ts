import type { Plan } from './plan.ts'

/** What one job process runs of a pipeline: producers by name, and every reader of these topics. */
export interface Assignment {
  readonly producers: readonly string[]
  readonly topics: readonly string[]
}

/** What of a pipeline one process runs. */
export interface PipelineShare {
  readonly plan: Plan
  readonly assignment: Assignment
}

/** Up to this rate, all producers together, one process does it all. Records per second. */
const SMALL = 5_000

/**
 * Spreads a pipeline over at most `processes`. All readers of a topic stay together, for they share its parsed batches;
 * so do the topics of one aggregate, whose results one process files. The heaviest go first, each to the process with
 * the least to do. A pipeline whose producers' rates are small gets one process.
 */
export function assignJobs(plan: Plan, processes: number): readonly Assignment[] {
  const total = plan.producers.reduce((sum, producer) => sum + (producer.rate ?? Infinity), 0)
  const slots = Array.from({ length: total <= SMALL ? 1 : processes }, () => ({
    load: 0,
    producers: [] as string[],
    topics: [] as string[],
  }))
  const lightest = () => slots.reduce((least, slot) => (slot.load < least.load ? slot : least))
  for (const { topics, load } of topicGroups(plan).sort((a, b) => b.load - a.load)) {
    const slot = lightest()
    slot.topics.push(...topics)
    slot.load += load
  }
  for (const producer of plan.producers) {
    const slot = lightest()
    slot.producers.push(producer.name)
    slot.load += 2
  }
  return slots
    .filter(({ producers, topics }) => producers.length + topics.length > 0)
    .map(({ producers, topics }) => ({ producers, topics }))
}

interface TopicGroup {
  readonly topics: string[]
  load: number
}

/** Topics that have readers, those of one aggregate together, each with how many jobs read them. */
function topicGroups(plan: Plan): TopicGroup[] {
  const groups = plan.topics.map(({ topic }): TopicGroup => ({ topics: [topic], load: readersOf(plan, topic).length }))
  for (const { from } of plan.aggregates) {
    const joined = groups.filter(({ topics }) => topics.some((topic) => from.includes(topic)))
    const [first, ...others] = joined
    for (const other of others) {
      first?.topics.push(...other.topics.splice(0))
      if (first) first.load += other.load
    }
  }
  return groups.filter(({ topics, load }) => topics.length > 0 && load > 0)
}

/** The jobs that read a topic, by name. */
export function readersOf(plan: Plan, topic: string): readonly string[] {
  const jobs = [...plan.filters, ...plan.aggregates, ...plan.lakeSinks, ...plan.databaseSinks]
  const checkers = plan.checkers.filter((checker) => checker.topic === topic).map(() => `${topic}.checker`)
  return [...checkers, ...jobs.filter(({ from }) => from.includes(topic)).map(({ name }) => name)]
}
