import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '#contract/contract.ts'
import { isSluiceError } from '#engine/core/sluice-error.ts'
import type { Engine } from '#engine/engine-api.ts'
import type { Context } from './context.ts'

/** An engine to talk to for the length of a command. */
export interface Session extends AsyncDisposable {
  readonly client: Client
  /** `here`: opened by this command, and closed with it; `elsewhere`: another process's. */
  readonly engine: 'here' | 'elsewhere'
  /** Aborts when the engine is asked to end, or has gone away. */
  readonly ended: AbortSignal
}

export interface SessionOptions {
  /** Let other commands talk to the engine while this one has it: for commands that take long. */
  readonly serve?: boolean
  /** How long to wait for another command to give the folder back. */
  readonly patienceMs?: number
}

const PATIENCE_MS = 10_000
const RETRY_MS = 100

/** Talks to the engine that runs on the data folder; where none does, opens one in this process. */
export async function openSession(context: Context, options: SessionOptions = {}): Promise<Session> {
  const deadline = Date.now() + (options.patienceMs ?? PATIENCE_MS)
  for (;;) {
    const session = (await joinEngine(context)) ?? (await tryOwnEngine(context, options, deadline))
    if (session) return session
    await sleep(RETRY_MS, undefined, { signal: context.signal })
  }
}

/** Talks to the engine that runs on the data folder; undefined where none does. */
export async function joinEngine({ home }: Context): Promise<Session | undefined> {
  const { connect } = await import('#rpc/connect.ts')
  const connection = await connect(home)
  if (!connection) return undefined
  const gone = new AbortController()
  void connection.closed.then(() => gone.abort())
  return {
    client: connection.client,
    engine: 'elsewhere',
    ended: gone.signal,
    [Symbol.asyncDispose]: () => connection.close(),
  }
}

// A folder that another short command has open is free again in a moment, or has a socket to talk to.
async function tryOwnEngine(context: Context, options: SessionOptions, deadline: number): Promise<Session | undefined> {
  try {
    return await ownEngine(context, options.serve ?? false)
  } catch (error) {
    if (isSluiceError(error, 'ENGINE_RUNNING') && Date.now() < deadline) return undefined
    throw error
  }
}

async function ownEngine(context: Context, served: boolean): Promise<Session> {
  const engine = await context.createEngine({ home: context.home, resume: false, openedBy: context.invoked })
  const shutdown = new AbortController()
  const door = served ? await openDoor(context.home, engine, () => shutdown.abort()) : undefined
  const { localClient } = await import('#rpc/client.ts')
  return {
    client: localClient({ engine, shutdown: () => shutdown.abort() }),
    engine: 'here',
    ended: shutdown.signal,
    [Symbol.asyncDispose]: async () => {
      await door?.close()
      await engine.close()
    },
  }
}

async function openDoor(home: string, engine: Engine, shutdown: () => void): Promise<{ close(): Promise<void> }> {
  const { serve } = await import('#rpc/serve.ts')
  return serve({ home, engine, shutdown })
}
