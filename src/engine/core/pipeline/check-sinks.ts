import { uniteColumns } from './column-union.ts'
import { declared, type Draft } from './draft.ts'
import type { Finding } from './problem.ts'
import { suggestion } from '#engine/core/suggest.ts'
import type { Topics } from './topic-graph.ts'

/** Topics that are read together agree on their columns; a key is one of them. */
export function checkSinks(draft: Draft, topics: Topics): readonly Finding[] {
  return [...clashes(draft, topics), ...keys(draft, topics)]
}

function clashes(draft: Draft, topics: Topics): readonly Finding[] {
  return (['filters', 'aggregates', 'sinks'] as const).flatMap((section) =>
    declared<{ readonly from: readonly string[] }>(draft[section]).flatMap(([name, { from }]) =>
      (uniteColumns(topics, from)?.clashes ?? []).map(({ name: column, first, topic, other }) => ({
        path: [section, name, 'from', from.indexOf(topic)],
        message: `Column ${column} is ${other.type} in ${topic}, but ${first.type} in a topic before it.`,
        remedy: 'Give it one type, or read the topics apart.',
      })),
    ),
  )
}

function keys(draft: Draft, topics: Topics): readonly Finding[] {
  return declared(draft.sinks).flatMap(([name, { from, database }]): Finding[] => {
    const columns = uniteColumns(topics, from)?.columns.map((column) => column.name)
    if (database?.key === undefined || columns === undefined || columns.includes(database.key)) return []
    const path = ['sinks', name, 'database', 'key']
    return [
      { path, message: `There is no column "${database.key}".`, remedy: suggestion(database.key, columns, 'Columns') },
    ]
  })
}
