import type { Pipelines } from '#engine/engine-api.ts'
import { waitUntilIdle, watchPipeline } from './idle.ts'
import type { LogBook } from './log-book.ts'
import type { PipelineSources } from './pipeline-sources.ts'
import type { JobRunner, RunningPipelines } from './pipelines.ts'
import { replay } from './replay.ts'
import { previewReset, resetPipeline } from './reset.ts'
import type { ResetTargets } from './reset.ts'

export interface PipelinesParts {
  readonly running: RunningPipelines
  readonly sources: PipelineSources
  readonly jobs: JobRunner
  readonly targets: ResetTargets
  readonly logBook: LogBook
  readonly clock: () => number
  readonly newId: () => string
}

/** Everything that can be asked of pipelines. */
export function createPipelinesService(parts: PipelinesParts): Pipelines {
  const { running, sources, jobs, targets, logBook, clock, newId } = parts
  return {
    list: () => running.list(),
    validate: (request) => sources.validate(request),
    start: (request) => running.start(request),
    stop: ({ name }) => running.stop(name),
    status: ({ name }) => running.status(name),
    watch: (name, signal) => watchPipeline(running, name, signal),
    waitIdle: (name, signal) => waitUntilIdle(running, jobs, { name, signal }),
    resetPreview: async (name, what) => previewReset(await running.planOf(name), targets, what),
    async reset(name, what) {
      const plan = await running.planOf(name)
      await running.stop(name)
      return resetPipeline(plan, targets, what)
    },
    replay: async (request) =>
      replay(await running.planOf(request.pipeline), request, { ...targets, jobs, clock, newId }),
    logs: (request, signal) => logBook.read(request, signal),
  }
}
