import type { AggregatePlan, AnalysisPlan, CheckerPlan, Measure, Plan, TopicPlan } from '#engine/core/plan.ts'
import { compileFilter } from './compile-filter.ts'
import { compileProducer, type Overrides } from './compile-producer.ts'
import { databaseSinks, lakeSinks } from './compile-sink.ts'
import { draftFrom } from './draft.ts'
import type { AggregateDeclaration } from './job-schema.ts'
import { type AnalysisDeclaration, byDialect } from './output-schema.ts'
import type { Pipeline } from './pipeline-schema.ts'
import type { SqlFacts } from './sql-facts.ts'
import { catalogOf, tablePlan } from './table-catalog.ts'
import { resolveTopics, type Topic, type Topics } from './topic-graph.ts'

export type { Overrides } from './compile-producer.ts'

/** What a plan is made of beside the file's own words. */
export interface CompileOptions {
  readonly facts: SqlFacts
  /** The folder that relative paths of files start at: that of the pipeline file. */
  readonly folder?: string
  readonly overrides?: Overrides
}

/** Makes a checked pipeline into what the jobs run. The pipeline must have no errors. */
export function compile(pipeline: Pipeline, { facts, folder, overrides = {} }: CompileOptions): Plan {
  const draft = draftFrom(pipeline)
  const topics = resolveTopics(draft)
  const { name, title = name, summary = '', origins } = pipeline
  const location = { pipeline: name, overrides, ...(folder === undefined ? {} : { folder }) }
  return {
    name,
    title,
    summary,
    origins,
    topics: [...topics.values()].map(compileTopic),
    producers: Object.entries(pipeline.producers).map((entry) => compileProducer(entry, location)),
    checkers: checkers(name, topics),
    filters: Object.entries(pipeline.filters).map((entry) => compileFilter(name, entry, facts)),
    aggregates: Object.entries(pipeline.aggregates).map((entry) => compileAggregate(name, entry, facts)),
    lakeSinks: lakeSinks(pipeline, topics),
    databaseSinks: databaseSinks(pipeline, topics),
    tables: catalogOf(draft, topics, facts).map(tablePlan),
    analyses: Object.entries(pipeline.analyses).map(compileAnalysis),
    endpoints: Object.entries(pipeline.endpoints).map(([route, { sql, limit }]) => ({
      method: 'GET',
      path: route.replace(/^GET /, ''),
      sql,
      limit,
    })),
  }
}

function compileTopic({ name, columns = [], time, partitions, external, trusted, retention }: Topic): TopicPlan {
  const optional = { ...(time === undefined ? {} : { time }), ...(retention === undefined ? {} : { retention }) }
  return { topic: name, columns, partitions, external, trusted, ...optional }
}

function checkers(pipeline: string, topics: Topics): readonly CheckerPlan[] {
  return [...topics.values()].flatMap(({ name, rejected }) =>
    rejected === undefined ? [] : [{ topic: name, rejected, group: `sluice.${pipeline}.${name}.checker` }],
  )
}

function compileAggregate(
  pipeline: string,
  [name, aggregate]: readonly [string, AggregateDeclaration],
  facts: SqlFacts,
): AggregatePlan {
  const { from, group_by: groupBy, window, to, lake } = aggregate
  const measures = (facts.measures.get(name) ?? []).map(compileMeasure)
  return {
    name,
    from,
    groupBy,
    measures,
    ...(window === undefined ? {} : { window: compileWindow(window) }),
    ...(to === undefined ? {} : { to }),
    ...(lake === undefined ? {} : { lake }),
    group: `sluice.${pipeline}.${name}`,
  }
}

function compileMeasure({ name, function: fn, argument }: Measure): Measure {
  return { name, function: fn, ...(argument === undefined ? {} : { argument }) }
}

function compileWindow({
  every,
  gap,
  time,
  keep,
}: NonNullable<AggregateDeclaration['window']>): NonNullable<AggregatePlan['window']> {
  return {
    ...(every === undefined ? {} : { everyMs: every }),
    ...(gap === undefined ? {} : { gapMs: gap }),
    time,
    ...(keep === undefined ? {} : { keepMs: keep }),
  }
}

function compileAnalysis([name, analysis]: readonly [string, AnalysisDeclaration]): AnalysisPlan {
  const { title = name, sql, ...rest } = analysis
  return { name, title, sql: byDialect(sql), ...rest }
}
