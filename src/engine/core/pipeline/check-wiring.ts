import { declared, type Draft } from './draft.ts'
import type { Finding, KeyPath } from './problem.ts'
import { suggestion } from '#engine/core/suggest.ts'
import type { Topics } from './topic-graph.ts'

interface Wire {
  readonly topic: string
  readonly path: KeyPath
}

/** Every reader reads, and every writer writes, a topic that there is; dead letters are written by checkers alone. */
export function checkWiring(draft: Draft, topics: Topics): readonly Finding[] {
  const read = reads(draft).flatMap((wire) => (topics.has(wire.topic) ? [] : [unknown(wire, draft, topics)]))
  const written = writes(draft).flatMap((wire) => {
    if (!topics.has(wire.topic)) return [unknown(wire, draft, topics)]
    return draft.topics.has(wire.topic) ? [] : [deadLetters(wire)]
  })
  return [...read, ...written]
}

function reads(draft: Draft): readonly Wire[] {
  return (['filters', 'aggregates', 'sinks'] as const).flatMap((section) =>
    declared<{ readonly from: readonly string[] }>(draft[section]).flatMap(([name, { from }]) =>
      from.map((topic, i) => ({ topic, path: [section, name, 'from', ...(from.length > 1 ? [i] : [])] })),
    ),
  )
}

function writes(draft: Draft): readonly Wire[] {
  const producers = declared(draft.producers).map(([name, { to }]) => ({ topic: to, path: ['producers', name, 'to'] }))
  const filters = declared(draft.filters).flatMap(([name, { to, otherwise }]) => [
    { topic: to, path: ['filters', name, 'to'] },
    ...(otherwise === undefined ? [] : [{ topic: otherwise, path: ['filters', name, 'otherwise'] }]),
  ])
  const aggregates = declared(draft.aggregates).flatMap(([name, { to }]) =>
    to === undefined ? [] : [{ topic: to, path: ['aggregates', name, 'to'] }],
  )
  return [...producers, ...filters, ...aggregates]
}

function unknown({ topic, path }: Wire, draft: Draft, topics: Topics): Finding {
  const of = /^(.+)\.rejected$/.exec(topic)?.[1]
  const source = of === undefined ? undefined : topics.get(of)
  if (source?.trusted === true) {
    const message = `${topic} does not exist: filters alone write ${of}, so nothing of it is rejected.`
    return { path, message, remedy: `Read the dead letters of the topic that the filter reads.` }
  }
  if (source?.rejected !== undefined) {
    return {
      path,
      message: `There is no topic "${topic}".`,
      remedy: `The dead letters of ${of} are in ${source.rejected}.`,
    }
  }
  const remedy = `${suggestion(topic, topics.keys(), 'Topics')} Or declare it under \`topics\`.`
  return { path, message: `There is no topic "${topic}".`, remedy }
}

function deadLetters({ topic, path }: Wire): Finding {
  return {
    path,
    message: `${topic} holds dead letters: its checker alone writes it.`,
    remedy: 'Write a topic of your own.',
  }
}
