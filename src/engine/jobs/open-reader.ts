import { columnsOf } from '#engine/core/plan-columns.ts'
import type { Plan } from '#engine/core/plan.ts'
import type { Log } from '#engine/ports/adapter.ts'
import { openAggregate } from './aggregate.ts'
import { openChecker } from './check.ts'
import type { CloseAge } from './close-age.ts'
import { openFilter } from './filter.ts'
import type { JobParts } from './job-parts.ts'
import type { PartitionReader } from './partition-reader.ts'
import { openDatabaseSink } from './sink-database.ts'
import { openLakeSink } from './sink-lake.ts'

export interface OpenReader {
  readonly plan: Plan
  readonly job: string
  readonly topic: string
  readonly partition: number
  readonly parts: JobParts
  readonly age: CloseAge
  readonly log: Log
}

type Opener = () => Promise<PartitionReader>

/** Opens a job of the plan on one partition: from here on it is the only one, and knows where it stands. */
export async function openReader(at: OpenReader): Promise<PartitionReader> {
  const open = checkerOf(at) ?? filterOf(at) ?? lakeSinkOf(at) ?? databaseSinkOf(at) ?? aggregateOf(at)
  if (!open) throw new Error(`no job ${at.job} in pipeline ${at.plan.name}`)
  return open()
}

/** Whether the job goes on behind records that retention took before it read them. */
export function onDataLossOf(plan: Plan, job: string): 'continue' | 'fail' {
  const declared = [...plan.filters, ...plan.lakeSinks, ...plan.databaseSinks].find(({ name }) => name === job)
  return declared?.onDataLoss ?? 'continue'
}

function checkerOf({ plan, job, partition, parts }: OpenReader): Opener | undefined {
  const checker = plan.checkers.find(({ topic }) => `${topic}.checker` === job)
  return (
    checker &&
    (() =>
      openChecker({ ...parts, plan: checker, partition, rejectedPartitions: partitionsOf(plan, checker.rejected) }))
  )
}

function filterOf({ plan, job, topic, partition, parts }: OpenReader): Opener | undefined {
  const filter = plan.filters.find(({ name }) => name === job)
  if (!filter) return undefined
  const outputs = [filter.to, ...(filter.otherwise === undefined ? [] : [filter.otherwise])]
  const partitionsOfOutputs = Object.fromEntries(outputs.map((output) => [output, partitionsOf(plan, output)]))
  const failedTopic = `${plan.name}.${filter.name}.failed`
  const columns = columnsOf(plan, filter.from)
  const at = { topic, partition, columns }
  return () => openFilter({ ...parts, ...at, plan: filter, partitionsOf: partitionsOfOutputs, failedTopic })
}

function lakeSinkOf({ plan, job, topic, partition, parts, age, log }: OpenReader): Opener | undefined {
  const sink = plan.lakeSinks.find(({ name }) => name === job)
  return sink && (() => openLakeSink({ ...parts, plan: sink, topic, partition, age, log }))
}

function databaseSinkOf({ plan, job, topic, partition, parts }: OpenReader): Opener | undefined {
  const sink = plan.databaseSinks.find(({ name }) => name === job)
  return sink && (() => openDatabaseSink({ ...parts, plan: sink, topic, partition }))
}

function aggregateOf({ plan, job, topic, partition, parts, log }: OpenReader): Opener | undefined {
  const aggregate = plan.aggregates.find(({ name }) => name === job)
  return aggregate && (() => openAggregate({ ...parts, pipeline: plan, plan: aggregate, topic, partition, log }))
}

function partitionsOf(plan: Plan, topic: string): number {
  return plan.topics.find((declared) => declared.topic === topic)?.partitions ?? 1
}
