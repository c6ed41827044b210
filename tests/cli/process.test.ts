import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, it } from 'vitest'
import { readHolder } from '#engine/processes/engine-lock.ts'

/** The command as users call it, on the real engine. */
const SLUICE = join(import.meta.dirname, '..', '..', 'bin', 'sluice.mjs')

const THINGS = `
name: things
title: Things
summary: For tests.
topics:
  things: { partitions: 2, columns: { id: string, size: double } }
producers:
  maker:
    to: things
    key: id
    generator: { rate: 200, seed: 1, record: { id: { pattern: "t-{sequence}" }, size: { uniform: [0, 9] } } }
sinks:
  all: { from: things, lake: { path: /data/things, format: parquet } }
tables:
  things: { path: /data/things }
`

interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

const homes: string[] = []

afterEach(async () => {
  for (const home of homes.splice(0)) await ended(begin(['stop'], home))
})

function freshFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-process-'))
  writeFileSync(join(folder, 'things.yaml'), THINGS)
  homes.push(folder)
  return folder
}

function begin(args: readonly string[], folder: string): ChildProcess {
  return spawn(process.execPath, [SLUICE, ...args], {
    cwd: folder,
    env: { ...process.env, SLUICE_HOME: join(folder, 'home') },
  })
}

async function ended(child: ChildProcess): Promise<Ended> {
  let out = ''
  let err = ''
  child.stdout?.on('data', (text) => (out += String(text)))
  child.stderr?.on('data', (text) => (err += String(text)))
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return { code, out, err }
}

function sluice(folder: string, ...args: string[]): Promise<Ended> {
  return ended(begin(args, folder))
}

async function rows(folder: string): Promise<number> {
  const { out } = await sluice(
    folder,
    'query',
    'SELECT count(*) AS n, count(DISTINCT id) AS ids FROM things',
    '--format',
    'csv',
  )
  const [n, ids] = (out.split('\r\n')[1] ?? '').split(',').map(Number)
  expect(ids).toBe(n)
  return n ?? Number.NaN
}

function produced(json: string): number {
  return Number(/"produced": (\d+)/.exec(json)?.[1])
}

it('runs a file until idle, balances, and files each record once', async () => {
  const folder = freshFolder()
  const { code, out, err } = await sluice(
    folder,
    'run',
    'things.yaml',
    '--until-idle',
    '--rate',
    '0',
    '--count',
    '3000',
    '--json',
  )
  expect({ code, err }).toEqual({ code: 0, err: '' })
  expect(out).toContain('"balanced": true')
  expect(produced(out)).toBe(3000)
  expect(await rows(folder)).toBe(3000)
})

it('stops cleanly at Ctrl-C, tells the ledger, exits with 130, and goes on from there', async () => {
  const folder = freshFolder()
  const running = begin(['run', 'things.yaml', '--json'], folder)
  const end = ended(running)
  await expect.poll(() => readHolder(join(folder, 'home')), { timeout: 20_000 }).toBeDefined()
  await expect
    .poll(async () => (await sluice(folder, 'status', 'things', '--json')).out, { timeout: 20_000 })
    .toMatch(/"filed": [1-9]/)
  running.kill('SIGINT')
  const { code, out } = await end
  expect(code).toBe(130)
  const first = produced(out)
  expect(first).toBeGreaterThan(0)
  const again = await sluice(folder, 'run', 'things.yaml', '--until-idle', '--rate', '0', '--count', '2000', '--json')
  expect({ code: again.code, err: again.err }).toEqual({ code: 0, err: '' })
  expect(await rows(folder)).toBe(2000)
})

it('starts in the background, lets other commands in, stops, and leaves no process', async () => {
  const folder = freshFolder()
  expect(await sluice(folder, 'start', 'things.yaml')).toMatchObject({ code: 0, err: '' })
  const pid = readHolder(join(folder, 'home'))?.pid ?? 0
  expect((await sluice(folder, 'tail', 'things', '-n', '3', '--timeout', '10s')).out.trim().split('\n')).toHaveLength(3)
  expect((await sluice(folder, 'status')).out).toMatch(/things +running/)
  expect((await sluice(folder, 'stop')).out).toBe(`The engine (pid ${pid}) has ended.\n`)
  expect(readHolder(join(folder, 'home'))).toBeUndefined()
  await expect.poll(() => isAlive(pid), { timeout: 20_000 }).toBe(false)
  expect((await sluice(folder, 'start', 'things.yaml')).code).toBe(0)
  expect((await sluice(folder, 'stop', 'things')).code).toBe(0)
  const second = readHolder(join(folder, 'home'))?.pid ?? 0
  await expect.poll(() => isAlive(second), { timeout: 20_000 }).toBe(false)
}, 60_000)

it('lets short commands on one folder wait for each other', async () => {
  const folder = freshFolder()
  await sluice(folder, 'topics', 'create', 'a')
  const all = await Promise.all([1, 2, 3, 4].map(() => sluice(folder, 'topics', '--json')))
  expect(all.map(({ code, err }) => ({ code, err }))).toEqual(Array.from({ length: 4 }, () => ({ code: 0, err: '' })))
}, 60_000)

it('ends quietly when its reader has seen enough', async () => {
  const folder = freshFolder()
  await sluice(folder, 'topics', 'create', 'big')
  const lines = begin(['produce', 'big'], folder)
  lines.stdin?.end(`${'x'.repeat(1000)}\n`.repeat(5000))
  expect((await ended(lines)).code).toBe(0)
  const tail = begin(['tail', 'big', '--from-beginning', '--timeout', '20s'], folder)
  let err = ''
  tail.stderr?.on('data', (text) => (err += String(text)))
  const code = new Promise((resolve) => tail.once('close', resolve))
  await new Promise((resolve) => tail.stdout?.once('data', resolve))
  tail.stdout?.destroy()
  const before = performance.now()
  expect(await code).toBe(0)
  expect(performance.now() - before).toBeLessThan(10_000)
  expect(err).toBe('')
})

it('ends at once at a second Ctrl-C', async () => {
  const folder = freshFolder()
  const running = begin(['tail', 'nothing', '--from-beginning', '--timeout', '60s'], folder)
  const end = ended(running)
  await sleep(200)
  running.kill('SIGINT')
  running.kill('SIGINT')
  expect([1, 130]).toContain((await end).code)
})

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    // ESRCH: no such process any more.
    return false
  }
}
