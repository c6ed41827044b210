import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { Sandbox, upTo } from '#tests/commit-log/sandbox.ts'

const RACER = resolve(import.meta.dirname, '../../../tests/commit-log/racer.ts')

interface Racer {
  /** How many batches it was told to have committed. */
  readonly commits: () => number
  /** It has committed for the first time, or is gone. */
  readonly atWork: Promise<unknown>
  readonly exited: Promise<unknown>
  kill(): void
}

function race(box: Sandbox, batches: number): Racer {
  const child = spawn(process.execPath, ['--no-warnings', RACER, box.folder, String(batches)])
  const said: string[] = []
  child.stdout.on('data', (chunk: Buffer) => said.push(chunk.toString()))
  child.stderr.pipe(process.stderr)
  const exited = once(child, 'exit')
  return {
    atWork: Promise.race([once(child.stdout, 'data'), exited]),
    exited,
    commits: () => said.join('').split('committed').length - 1,
    kill: () => child.kill('SIGKILL'),
  }
}

it('two processes that file one partition into one sink file each offset once', { timeout: 90_000 }, async () => {
  const batches = 40
  using box = new Sandbox()
  const racers = [race(box, batches), race(box, batches)]
  const exits = await Promise.all(racers.map((racer) => racer.exited))
  expect(exits).toEqual([
    [0, null],
    [0, null],
  ])
  expect(box.offsets()).toEqual(upTo(batches * 10))
  // Less than all where an entry stands whose writer was fenced right after: the next owner finished it.
  expect(racers.reduce((sum, racer) => sum + racer.commits(), 0)).toBeLessThanOrEqual(batches)
  const log = await box.open({ keep: 5 })
  expect(log.at.totals).toMatchObject({ in: batches * 10, filed: batches * 10, files: batches * 2 })
  expect(box.tmpFiles()).toEqual([])
})

it('processes that are killed again and again lose and double nothing', { timeout: 90_000 }, async () => {
  const batches = 200
  using box = new Sandbox()
  for (let kills = 0; kills < 8; kills++) {
    const racers = [race(box, batches), race(box, batches)]
    await Promise.race(racers.map((racer) => racer.atWork))
    await setTimeout(11 * kills)
    for (const racer of racers) racer.kill()
    const exits = await Promise.all(racers.map((racer) => racer.exited))
    expect(exits).toEqual([
      [null, 'SIGKILL'],
      [null, 'SIGKILL'],
    ])
  }
  await race(box, batches).exited
  expect(box.offsets()).toEqual(upTo(batches * 10))
  const log = await box.open({ keep: 5 })
  expect(log.at.totals).toMatchObject({ in: batches * 10, filed: batches * 10, files: batches * 2 })
  expect(box.tmpFiles()).toEqual([])
})
