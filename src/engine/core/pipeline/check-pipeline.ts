import { checkAggregates } from './check-aggregates.ts'
import { checkAnalyses } from './check-analyses.ts'
import { checkColumns } from './check-columns.ts'
import { checkFilters } from './check-filters.ts'
import { checkLoops } from './check-loops.ts'
import { checkNames } from './check-names.ts'
import { checkPaths } from './check-paths.ts'
import { checkProducers } from './check-producers.ts'
import { checkSinks } from './check-sinks.ts'
import { checkTopics } from './check-topics.ts'
import { checkWiring } from './check-wiring.ts'
import type { Draft } from './draft.ts'
import type { Finding } from './problem.ts'
import type { Topics } from './topic-graph.ts'

/** Looks at what one part of a pipeline says of another. A part that is broken by itself is passed over. */
export type Check = (draft: Draft, topics: Topics) => readonly Finding[]

const CHECKS: readonly Check[] = [
  checkNames,
  checkTopics,
  checkColumns,
  checkWiring,
  checkLoops,
  checkProducers,
  checkFilters,
  checkAggregates,
  checkSinks,
  checkPaths,
  checkAnalyses,
]

/** All that is wrong between the parts of a pipeline, but for its SQL. */
export function checkPipeline(draft: Draft, topics: Topics): readonly Finding[] {
  return CHECKS.flatMap((check) => check(draft, topics))
}
