import type { Context } from '#cli/context.ts'
import { answer } from '#cli/print.ts'
import { joinEngine, type Session } from '#cli/session.ts'
import { verb, type ExitCode } from '#cli/verb.ts'
import { SluiceError } from '#engine/core/sluice-error.ts'

const END_TIMEOUT_MS = 30_000

export const stop = verb({
  usage: 'stop [pipeline]',
  about: `Stops a pipeline after its open batches; a background engine ends with the last one. Without a name
the engine ends, with all that it runs; what ran runs again when it is started.`,
  examples: [
    ['sluice stop space-objects', 'this pipeline'],
    ['sluice stop', 'the engine'],
  ],
  args: { pipeline: { type: 'positional', required: false, description: "A pipeline's name" } },
  run: async ({ pipeline }, context) => {
    await using session = await joinEngine(context)
    if (!session) return await nothingRuns(context, pipeline)
    return await (pipeline === undefined ? stopEngine(session, context) : stopPipeline(session, context, pipeline))
  },
})

async function nothingRuns(context: Context, pipeline: string | undefined): Promise<ExitCode> {
  if (pipeline === undefined) return answer(context, { stopped: [] }, () => 'No engine runs on this data folder.\n')
  throw new SluiceError('ENGINE_ABSENT', `No engine runs on ${context.home}, so ${pipeline} does not run either.`)
}

async function stopEngine(session: Session, context: Context): Promise<ExitCode> {
  const { pid } = await session.client.engine.shutdown()
  await gone(session)
  return answer(context, { engine: { pid, state: 'stopped' } }, () => `The engine (pid ${pid}) has ended.\n`)
}

function gone({ ended }: Session): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new SluiceError('NOT_CONNECTED', 'The engine is still finishing its batches.', { retryable: true }))
    }, END_TIMEOUT_MS)
    const done = (): void => {
      clearTimeout(timer)
      resolve()
    }
    if (ended.aborted) done()
    else ended.addEventListener('abort', done, { once: true })
  })
}

async function stopPipeline(session: Session, context: Context, pipeline: string): Promise<ExitCode> {
  const { name } = await session.client.pipelines.stop({ name: pipeline })
  return answer(context, { name, state: 'stopped' }, () => `${name} is stopped.\n`)
}
