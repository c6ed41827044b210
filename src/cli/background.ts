import { spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { SluiceError } from '#engine/core/sluice-error.ts'
import type { Context } from './context.ts'
import { joinEngine, type Session } from './session.ts'

const START_TIMEOUT_MS = 30_000
const RETRY_MS = 50

/**
 * Talks to the engine that runs on the data folder; where none does, starts one in the background, which ends by itself
 * once nothing runs and nobody is connected.
 */
export async function backgroundEngine(context: Context): Promise<Session> {
  const running = await joinEngine(context)
  if (running) return running
  mkdirSync(context.home, { recursive: true, mode: 0o700 })
  const output = join(context.home, 'engine.out')
  const child = launch(context, output)
  const deadline = Date.now() + START_TIMEOUT_MS
  while (Date.now() < deadline) {
    const session = await joinEngine(context)
    if (session) return session
    if (child.exited()) break
    await sleep(RETRY_MS, undefined, { signal: context.signal })
  }
  throw new SluiceError(
    'ENGINE_ABSENT',
    `The background engine did not start:\n${readFileSync(output, 'utf8').trim()}`,
    {
      remedy: '`sluice doctor` says what is wrong.',
    },
  )
}

function launch({ terminal, home }: Context, output: string): { exited: () => boolean } {
  const log = openSync(output, 'w', 0o600)
  const [program, ...args] = terminal.self
  const child = spawn(program, [...args, 'engine', '--home', home], {
    detached: true,
    stdio: ['ignore', log, log],
    env: { ...terminal.env },
    windowsHide: true,
  })
  closeSync(log)
  let exited = false
  child.once('exit', () => {
    exited = true
  })
  child.once('error', () => {
    exited = true
  })
  child.unref()
  return { exited: () => exited }
}
