import type { PipelineStatus } from '#contract/status.ts'
import type { Context } from './context.ts'
import type { Progress } from './progress.ts'
import { shown } from './shown.ts'

/** What may need the user's hand. A job that lost its place to another, say, does not. */
const NEEDS_A_HAND: ReadonlySet<string> = new Set(['DISK_FULL', 'NOT_CONNECTED', 'FILE_UNREADABLE'])

/**
 * Says on stderr, also in a pipe, which job has stopped and which is being tried again, and why: once, until it goes on.
 * Nothing beside JSON, where errors come at the end.
 */
export function createTroubleTeller(
  { terminal, json }: Context,
  progress: Progress,
): (status: PipelineStatus) => Promise<void> {
  let told: ReadonlySet<string> = new Set()
  return async (status) => {
    const lines = json ? [] : troubles(status)
    const fresh = lines.filter((line) => !told.has(line))
    if (fresh.length > 0) await progress.clear()
    await terminal.stderr.write(fresh.join(''))
    told = new Set(lines)
  }
}

function troubles({ failures = [], retrying = [] }: PipelineStatus): string[] {
  const failed = failures
    .filter(({ error }) => error.code === 'KIND_LATER')
    .map(({ job, error }) => `${shown(`${job} stopped: ${error.message}`)}\n`)
  const waiting = retrying
    .filter(({ error }) => NEEDS_A_HAND.has(error.code))
    .map(({ job, error }) => `${shown(`${job} waits: ${error.message}`)}\n  ${shown(error.remedy)}\n`)
  return [...failed, ...waiting]
}
