import { declared, type Draft } from './draft.ts'
import type { Finding } from './problem.ts'

interface Step {
  readonly section: 'filters' | 'aggregates'
  readonly name: string
  readonly from: readonly string[]
  readonly to: readonly string[]
}

/** No record may come back to a topic that it came from: it would go round for ever. */
export function checkLoops(draft: Draft): readonly Finding[] {
  const steps = stepsOf(draft)
  return steps.flatMap(({ section, name, from, to }): Finding[] => {
    const reached = reachable(to, steps)
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

function reachable(start: readonly string[], steps: readonly Step[]): ReadonlySet<string> {
  const found = new Set(start)
  for (const topic of found) {
    const next = steps.filter(({ from }) => from.includes(topic)).flatMap(({ to }) => to)
    for (const reached of next) found.add(reached)
  }
  return found
}
