import { declared, type Draft } from './draft.ts'
import type { Finding } from './problem.ts'
import { suggestion } from '#engine/core/suggest.ts'
import type { TopicDeclaration } from './topic-schema.ts'
import type { Topics } from './topic-graph.ts'

/** A topic by itself: what it is like, that it has columns, its time, and that its name is free. */
export function checkTopics(draft: Draft, topics: Topics): readonly Finding[] {
  return declared(draft.topics).flatMap(([name, topic]) => [
    ...likeFindings(name, topic, draft),
    ...columnFindings(name, topic),
    ...timeFindings(name, topic, topics),
    ...nameFindings(name, draft),
    ...externalFindings(name, topic),
  ])
}

function likeFindings(name: string, { like }: TopicDeclaration, draft: Draft): readonly Finding[] {
  if (like === undefined) return []
  const path = ['topics', name, 'like']
  if (!draft.topics.has(like)) {
    const remedy = suggestion(
      like,
      [...draft.topics.keys()].filter((other) => other !== name),
      'Topics',
    )
    return [{ path, message: `There is no topic "${like}".`, remedy }]
  }
  if (!isCyclic(name, draft)) return []
  return [
    { path, message: `Topic ${name} is like itself, by way of ${like}.`, remedy: 'Give one of them columns instead.' },
  ]
}

function isCyclic(name: string, draft: Draft): boolean {
  const seen = new Set<string>()
  let next = draft.topics.get(name)?.like
  while (next !== undefined && next !== name && !seen.has(next)) {
    seen.add(next)
    next = draft.topics.get(next)?.like
  }
  return next === name
}

function columnFindings(name: string, { like, columns }: TopicDeclaration): readonly Finding[] {
  const isBare = like === undefined && Object.keys(columns ?? {}).length === 0
  if (!isBare) return []
  return [
    {
      path: ['topics', name],
      at: 'key',
      message: `Topic ${name} has no columns.`,
      remedy: 'Give it `columns`, or `like: <topic>`.',
    },
  ]
}

function timeFindings(name: string, { time }: TopicDeclaration, topics: Topics): readonly Finding[] {
  const columns = topics.get(name)?.columns
  if (time === undefined || columns === undefined) return []
  const column = columns.find((candidate) => candidate.name === time)
  const path = ['topics', name, 'time']
  const times = columns.filter(({ type }) => type === 'timestamp').map((candidate) => candidate.name)
  if (column?.type === 'timestamp') return []
  const message =
    column === undefined ? `Topic ${name} has no column "${time}".` : `${time} is ${column.type}, not timestamp.`
  return [{ path, message, remedy: suggestion(time, times, 'Timestamp columns') }]
}

/** `x.rejected` is the name of x's dead letters, whoever comes first. */
function nameFindings(name: string, draft: Draft): readonly Finding[] {
  const of = /^(.+)\.rejected$/.exec(name)?.[1]
  if (of === undefined || !draft.topics.has(of)) return []
  const message = `${name} is the name of the dead letters of ${of}.`
  return [
    {
      path: ['topics', name],
      at: 'key',
      message,
      remedy: 'Give this topic another name; read the dead letters under theirs.',
    },
  ]
}

function externalFindings(name: string, { external, retention }: TopicDeclaration): readonly Finding[] {
  if (!external || retention === undefined) return []
  const message = `${name} belongs to others: its retention is theirs.`
  return [{ path: ['topics', name, 'retention'], at: 'key', message, remedy: 'Leave `retention` out.' }]
}
