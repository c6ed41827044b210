import { setTimeout as sleep } from 'node:timers/promises'
import type { Context } from '#cli/context.ts'
import { answer } from '#cli/print.ts'
import { joinEngine, type Session } from '#cli/session.ts'
import { verb, type ExitCode } from '#cli/verb.ts'
import { isSluiceError, SluiceError } from '#engine/core/sluice-error.ts'
import { readHolder } from '#engine/processes/engine-lock.ts'

const END_TIMEOUT_MS = 60_000
const RETRY_MS = 50

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
  const { pid } = await session.client.engine.info()
  await session.client.engine.shutdown().catch((error: unknown) => {
    // It may end before it has answered: that it is gone is what was asked for.
    if (!isSluiceError(error, 'NOT_CONNECTED')) throw error
  })
  await freed(context, pid)
  return answer(context, { engine: { pid, state: 'stopped' } }, () => `The engine (pid ${pid}) has ended.\n`)
}

/** The door closes first; the engine has ended when it has given the folder back. */
async function freed({ home, signal }: Context, pid: number): Promise<void> {
  const deadline = Date.now() + END_TIMEOUT_MS
  while (readHolder(home)?.pid === pid && isAlive(pid)) {
    if (Date.now() > deadline) {
      throw new SluiceError('NOT_CONNECTED', `The engine (pid ${pid}) is still finishing its batches.`, {
        retryable: true,
        remedy: `Wait a little; \`sluice logs\` then says what it did.`,
      })
    }
    await sleep(RETRY_MS, undefined, { signal })
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    // No such process any more: what it left beside the lock is for messages only.
    return false
  }
}

async function stopPipeline(session: Session, context: Context, pipeline: string): Promise<ExitCode> {
  const { name } = await session.client.pipelines.stop({ name: pipeline })
  return answer(context, { name, state: 'stopped' }, () => `${name} is stopped.\n`)
}
