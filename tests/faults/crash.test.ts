import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { sleep } from '#engine/ports/sleep.ts'
import { childrenOf, crashPipeline, sluice } from './crash-run.ts'
import { expectExactlyOnce } from './exactly-once.ts'

/** So many kills of each kind; a long run sets it to 50. */
const KILLS = Number(process.env['SLUICE_KILLS'] ?? 4)
const COUNT = 20_000 + KILLS * 1_600
const MINUTES = 60_000

/** Where a job process is killed: at each step of a record's way that this pipeline takes. */
const POINTS = [
  'producer-append:before',
  'producer-append:after',
  'poll:at',
  'checker-transact:at',
  'filter-transact:at',
  'transform:at',
  'fence:before',
  'fence:after',
  'sweep:before',
  'sweep:after',
  'tmp-write:before',
  'tmp-fsync:after',
  'entry-put:before',
  'entry-put:after',
  'entry-list:before',
  'entry-list:after',
  'data-rename:before',
  'data-rename:at',
  'data-rename:after',
  'offset-stored:at',
] as const

const statusSchema = z.object({ pipelines: z.tuple([z.object({ ledger: z.unknown() })]) })

let folder = ''
let home = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-crash-'))
  home = join(folder, 'home')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function runArgs(rate: number): string[] {
  return ['run', crashPipeline(folder, { count: COUNT, rate }), '--until-idle', '--json', '--home', home]
}

async function runToItsEnd(args: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await sluice({ args })
  expect(stderr).toBe('')
  expect(code).toBe(0)
  const [{ ledger }] = statusSchema.parse(JSON.parse(stdout)).pipelines
  expect(ledger).toMatchObject({ balanced: true, producers: { source: { produced: COUNT } } })
  await expectExactlyOnce(home, COUNT)
}

describe('exactly once under kill -9', () => {
  it(`of the whole process group at ${KILLS} random moments`, { timeout: 30 * MINUTES }, async () => {
    const args = runArgs(4_000)
    for (let kill = 0; kill < KILLS; kill++) {
      const { signal, stderr } = await sluice({ args, killAfterMs: 500 + Math.random() * 1_500 })
      expect({ signal, stderr }).toEqual({ signal: 'SIGKILL', stderr: '' })
    }
    await runToItsEnd(args)
  })

  it(`of a job process at ${KILLS} random moments`, { timeout: 30 * MINUTES }, async () => {
    // Each process lives for two seconds at least: five that die at once are a failure, as they should be.
    const args = runArgs(Math.ceil(COUNT / (KILLS * 3)))
    const stop = new AbortController()
    let kills = 0
    const { code, stderr } = await sluice({
      args,
      onStart(child) {
        child.on('close', () => stop.abort())
        void (async () => {
          while (kills < KILLS && !stop.signal.aborted) {
            await sleep(2_100 + Math.random() * 900, stop.signal)
            const jobs = childrenOf(child.pid)
            const pid = jobs[Math.floor(Math.random() * jobs.length)]
            if (pid !== undefined) process.kill(pid, 'SIGKILL')
            if (pid !== undefined) kills++
          }
        })()
      },
    })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(kills).toBe(KILLS)
    await expectExactlyOnce(home, COUNT)
  })

  it.each(POINTS)('of a job process at %s', { timeout: 5 * MINUTES }, async (point) => {
    const marker = join(folder, 'reached')
    // There is only something to sweep where a writer died with its file not yet named by an entry.
    const before = point.startsWith('sweep') ? `tmp-fsync:after:1:${join(folder, 'first')};` : ''
    const args = ['run', crashPipeline(folder, { count: 5_000, rate: 0 }), '--until-idle', '--json', '--home', home]
    const { code, stderr } = await sluice({ args, env: { SLUICE_FAULT_POINT: `${before}${point}:1:${marker}` } })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(existsSync(marker)).toBe(true)
    await expectExactlyOnce(home, 5_000)
  })
})
