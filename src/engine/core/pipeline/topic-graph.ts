import { type Column, DEAD_LETTER_COLUMNS } from '#engine/core/columns.ts'
import { declared, type Draft } from './draft.ts'
import type { TopicDeclaration } from './topic-schema.ts'

/** A topic with all that follows from the rest of the file. */
export interface Topic {
  readonly name: string
  /** undefined where the declaration, or the one it is `like`, is broken: nothing can be said of its columns. */
  readonly columns: readonly Column[] | undefined
  readonly time?: string
  readonly partitions: number
  readonly external: boolean
  readonly retention?: { readonly bytes?: number; readonly ms?: number }
  /** Its records fit its columns: a dead-letter topic, or one that our filters and aggregates alone write. */
  readonly trusted: boolean
  /** The topic of its dead letters; none where it is trusted. */
  readonly rejected?: string
}

/** The declared topics and their dead-letter topics, in the file's order. */
export type Topics = ReadonlyMap<string, Topic>

/** The column that `otherwise` adds: the first clause that was false or null. */
export const REASON: Column = { name: 'reason', type: 'string' }

/** Resolves `like`, adds dead-letter topics and the `reason` of `otherwise` topics. A cycle of `like` ends where it closes. */
export function resolveTopics(draft: Draft): Topics {
  const topics = new Map<string, Topic>()
  for (const name of draft.topics.keys()) {
    const topic = resolve(draft, name)
    topics.set(name, topic)
    const { rejected } = topic
    if (rejected !== undefined && !draft.topics.has(rejected)) topics.set(rejected, deadLetters(rejected, topic))
  }
  return topics
}

/** The topics that producers write. */
export function producedTopics(draft: Draft): ReadonlySet<string> {
  return new Set(declared(draft.producers).map(([, producer]) => producer.to))
}

/** The topics that filters and aggregates write. */
export function derivedTopics(draft: Draft): ReadonlySet<string> {
  const filters = declared(draft.filters).flatMap(([, { to, otherwise }]) => [to, otherwise])
  const aggregates = declared(draft.aggregates).map(([, { to }]) => to)
  return new Set([...filters, ...aggregates].filter((topic) => topic !== undefined))
}

/** The name of a topic's dead-letter topic: beside it, or under our own name where others own the topic. */
export function rejectedName(draft: Draft, topic: string, external: boolean): string {
  return external ? `${draft.name ?? 'pipeline'}.${topic}.rejected` : `${topic}.rejected`
}

function resolve(draft: Draft, name: string): Topic {
  const chain = likeChain(draft, name)
  const external = chain[0]?.external ?? false
  const trusted = !external && derivedTopics(draft).has(name) && !producedTopics(draft).has(name)
  return {
    name,
    columns: columnsOf(draft, name, chain),
    ...timeOf(chain),
    partitions: chain.find((topic) => topic?.partitions !== undefined)?.partitions ?? 1,
    external,
    ...retentionOf(chain[0]),
    trusted,
    ...(trusted ? {} : { rejected: rejectedName(draft, name, external) }),
  }
}

function timeOf(chain: readonly (TopicDeclaration | undefined)[]): Pick<Topic, 'time'> {
  const time = chain.find((topic) => topic?.time !== undefined)?.time
  return time === undefined ? {} : { time }
}

function deadLetters(name: string, { partitions }: Topic): Topic {
  return { name, columns: DEAD_LETTER_COLUMNS, partitions, external: false, trusted: true }
}

/** The topic, the one that it is like, and so on; undefined stands for a broken or missing one. */
function likeChain(draft: Draft, name: string): readonly (TopicDeclaration | undefined)[] {
  const chain: (TopicDeclaration | undefined)[] = []
  const seen = new Set<string>()
  for (let next: string | undefined = name; next !== undefined && !seen.has(next); ) {
    seen.add(next)
    const topic: TopicDeclaration | undefined = draft.topics.get(next)
    chain.push(topic)
    next = topic?.like
  }
  return chain
}

function columnsOf(draft: Draft, name: string, chain: readonly (TopicDeclaration | undefined)[]): Column[] | undefined {
  if (chain.includes(undefined)) return undefined
  const columns = new Map<string, Column>()
  for (const topic of chain.toReversed()) {
    for (const [key, column] of Object.entries(topic?.columns ?? {})) columns.set(key, { name: key, ...column })
  }
  if (isOtherwise(draft, name) && !columns.has(REASON.name)) columns.set(REASON.name, REASON)
  return [...columns.values()]
}

function isOtherwise(draft: Draft, name: string): boolean {
  return declared(draft.filters).some(([, { otherwise }]) => otherwise === name)
}

function retentionOf(topic: TopicDeclaration | undefined): Pick<Topic, 'retention'> {
  const { size, age } = topic?.retention ?? {}
  if (size === undefined && age === undefined) return {}
  return { retention: { ...(size === undefined ? {} : { bytes: size }), ...(age === undefined ? {} : { ms: age }) } }
}
