import { afterEach, expect, it } from 'vitest'
import type { ChildProcess } from 'node:child_process'
import { readHolder, type EngineLock, lockHome } from '#engine/processes/engine-lock.ts'
import { killGroup } from '#tests/faults/crash-run.ts'
import { createEngine } from '#engine/engine.ts'
import { toWireError } from '#engine/core/wire-error.ts'
import { expectJson, expectTold, freshDesk, generator, pipelineOver } from './command-line.ts'

const locks: EngineLock[] = []
const children: ChildProcess[] = []
afterEach(() => {
  for (const lock of locks.splice(0)) lock.close()
  for (const child of children.splice(0)) killGroup(child)
})

it('a second engine on a folder is told who has it; the first is not disturbed', async () => {
  const { home } = freshDesk()
  await using first = await createEngine({ home, resume: false, openedBy: 'sluice run' })
  const second = createEngine({ home, resume: false, openedBy: 'sluice status' })
  const told = toWireError(await second.catch((error: unknown) => error))
  expect(told.code).toBe('ENGINE_RUNNING')
  expect(told.remedy).toContain('sluice stop')
  expect(told.message).toContain(`${home} open (sluice run, pid ${process.pid}, since `)
  expect(await first.topics.list()).toEqual([])
})

it('a command that finds the folder taken by one that cannot be talked to names it, and exits with 1', async () => {
  const { home, sluice } = freshDesk()
  locks.push(lockHome(home, 'sluice doctor'))
  const [told, json] = await Promise.all([sluice('topics'), sluice('topics', '--json')])
  const says = [`Another engine has ${home} open (sluice doctor, pid ${process.pid}, since `]
  expectTold(told, { code: 1, says, now: /choose another `--home`/ })
  expectJson(json, { code: 'ENGINE_RUNNING' })
})

it('commands speak to the engine that runs, and a second run joins it', async () => {
  const { home, sluice, command, write } = freshDesk()
  const file = write('rows.yaml', pipelineOver(generator({ rate: 300 })))
  const running = command(['run', file, '--for', '60s'], { onStart: (child) => children.push(child) })
  await expect.poll(() => readHolder(home), { timeout: 20_000 }).toBeDefined()
  await expect
    .poll(async () => (await sluice('status', 'rows', '--json')).stdout, { timeout: 20_000 })
    .toMatch(/"filed": [1-9]/)
  expect((await sluice('tail', 'rows', '-n', '2', '--timeout', '10s')).stdout.trim().split('\n')).toHaveLength(2)
  expect(await sluice('query', 'SELECT count(*) > 0 AS some FROM rows', '--format', 'csv')).toMatchObject({
    stdout: 'some\r\ntrue\r\n',
    stderr: '',
  })
  expect(await sluice('run', file, '--for', '1s')).toMatchObject({ code: 0, stderr: '' })
  expect((await sluice('status')).stdout).toMatch(/rows +running/)
  expect(await sluice('stop')).toMatchObject({ code: 0 })
  const { code, stdout, stderr } = await running
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(/^balanced/m)
}, 60_000)
