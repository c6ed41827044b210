import type { Draft } from './draft.ts'
import type { Finding } from './problem.ts'
import type { Topics } from './topic-graph.ts'

/** Everything that one part of a pipeline says of another. */
export function checkPipeline(_draft: Draft, _topics: Topics): readonly Finding[] {
  return []
}
