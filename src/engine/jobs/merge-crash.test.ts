import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { ENDED, eachOnce, HOUR_MS, SinkStand, temporary } from '#tests/commit-log/sink-stand.ts'

const RUN = join(import.meta.dirname, '..', '..', '..', 'tests', 'commit-log', 'merge-run.ts')
const POINTS = [
  'transform:at',
  'tmp-write:before',
  'tmp-fsync:after',
  'entry-put:before',
  'entry-put:after',
  'data-rename:before',
  'data-rename:at',
  'data-rename:after',
  'data-remove:before',
  'data-remove:after',
] as const

let folder = ''
beforeEach(() => {
  folder = temporary()
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

it.each(POINTS)('kill -9 in a merge at %s: each record once, before and after the next owner', async (point) => {
  const marker = join(folder, 'reached')
  const child = spawn(process.execPath, ['--no-warnings', RUN, folder, `${point}:1:${marker}`], { stdio: 'inherit' })
  expect(await once(child, 'exit')).toEqual([null, 'SIGKILL'])
  expect(existsSync(marker)).toBe(true)

  await using stand = await SinkStand.open(folder)
  expect(await stand.count()).toEqual(eachOnce(60))
  stand.now += 2 * HOUR_MS
  await using sink = await stand.openSink()
  expect(await stand.count()).toEqual(eachOnce(60))
  await sink.tick(stand.now)
  await vi.waitFor(() => expect(stand.files(ENDED)).toHaveLength(1), { timeout: 10_000 })
  await stand.commits(sink, 1)
  expect(await stand.count()).toEqual(eachOnce(70))
  await sink[Symbol.asyncDispose]()
  expect(stand.leftovers()).toEqual([])
})
