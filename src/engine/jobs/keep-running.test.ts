import { expect, it } from 'vitest'
import { SluiceError } from '#engine/core/sluice-error.ts'
import { keepRunning } from './keep-running.ts'
import type { JobState } from './keep-running.ts'

const log = { debug() {}, info() {}, warn() {}, error() {} }

async function statesOf(
  attempt: () => Promise<void>,
  signal = new AbortController().signal,
): Promise<JobState['state'][]> {
  const states: JobState['state'][] = []
  await keepRunning(
    (started) => {
      started()
      return attempt()
    },
    {
      log,
      signal,
      clock: Date.now,
      random: () => 0,
      report: ({ state }) => states.push(state),
    },
  )
  return states
}

it('runs again after a failure that may pass, until it succeeds', async () => {
  let tries = 0
  const states = await statesOf(async () => {
    if (++tries < 3) throw new SluiceError('DISK_FULL', 'filing', { retryable: true })
  })
  expect(states).toEqual([
    'starting',
    'running',
    'retrying',
    'starting',
    'running',
    'retrying',
    'starting',
    'running',
    'ended',
  ])
})

it('fails for good at any other failure', async () => {
  expect(await statesOf(() => Promise.reject(new SluiceError('LOG_DAMAGED', 'opening')))).toEqual([
    'starting',
    'running',
    'failed',
  ])
  expect(await statesOf(() => Promise.reject(new Error('a mistake of ours')))).toEqual([
    'starting',
    'running',
    'failed',
  ])
})

it('does not try again once it is to stop', async () => {
  const ended = new AbortController()
  const states = await statesOf(async () => {
    ended.abort()
    throw new SluiceError('NOT_CONNECTED', 'reading', { retryable: true })
  }, ended.signal)
  expect(states).toEqual(['starting', 'running', 'failed'])
})
