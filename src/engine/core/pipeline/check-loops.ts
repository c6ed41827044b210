import { declared, type Draft } from './draft.ts'
import type { Finding } from './problem.ts'
import type { Topics } from './topic-graph.ts'

interface Edge {
  readonly from: readonly string[]
  readonly to: readonly string[]
}

interface Step extends Edge {
  readonly section: 'filters' | 'aggregates'
  readonly name: string
}

/** No record may come back to a topic that it came from: it would go round for ever. */
export function checkLoops(draft: Draft, topics: Topics): readonly Finding[] {
  const steps = stepsOf(draft)
  const edges = [...steps, ...checkerEdges(topics)]
  return steps.flatMap(({ section, name, from, to }): Finding[] => {
    const reached = reachable(to, edges)
    const back = from.find((topic) => reached.has(topic))
    if (back === undefined) return []
    const message = `What ${name} writes comes back to ${back}, which it reads: records would go round for ever.`
    return [{ path: [section, name, 'to'], message, remedy: 'Write another topic, or read another one.' }]
  })
}

function stepsOf(draft: Draft): readonly Step[] {
  const filters = declared(draft.filters).map(([name, { from, to, otherwise }]): Step => {
    return { section: 'filters', name, from, to: otherwise === undefined ? [to] : [to, otherwise] }
  })
  const aggregates = declared(draft.aggregates).map(([name, { from, to }]): Step => {
    return { section: 'aggregates', name, from, to: to === undefined ? [] : [to] }
  })
  return [...filters, ...aggregates]
}

/** A checker takes a record on to the dead letters. */
function checkerEdges(topics: Topics): readonly Edge[] {
  return [...topics.values()].flatMap(({ name, rejected }) =>
    rejected === undefined ? [] : [{ from: [name], to: [rejected] }],
  )
}

function reachable(start: readonly string[], edges: readonly Edge[]): ReadonlySet<string> {
  const found = new Set(start)
  for (const topic of found) {
    const next = edges.filter(({ from }) => from.includes(topic)).flatMap(({ to }) => to)
    for (const reached of next) found.add(reached)
  }
  return found
}
