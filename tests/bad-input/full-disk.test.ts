import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { afterEach, expect, it } from 'vitest'
import { freshDesk, generator, pipelineOver } from './command-line.ts'

const MOUNT = '/usr/bin/mount'
const UMOUNT = '/usr/bin/umount'
const mounted: string[] = []

afterEach(() => {
  for (const folder of mounted.splice(0)) execFileSync(UMOUNT, ['-l', folder])
})

/** A disk of its own below this folder; false where this user may not make one. */
function mountSmall(folder: string, size: string): boolean {
  mkdirSync(folder, { recursive: true })
  try {
    execFileSync(MOUNT, ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder], { stdio: 'pipe' })
  } catch {
    return false
  }
  mounted.push(folder)
  return true
}

const COUNT = 250_000

it('a full disk is told while it lasts; with space again the work goes on by itself, and nothing is lost', async (test) => {
  const { home, sluice, write } = freshDesk()
  if (!mountSmall(home, '3m')) return test.skip('only root can mount a small disk')
  const file = write('rows.yaml', pipelineOver(generator({ rate: 0, count: COUNT })))
  const running = sluice('run', file, '--until-idle')
  await expect
    .poll(async () => (await sluice('status', 'rows')).stdout, { timeout: 40_000, interval: 500 })
    .toMatch(/is tried again: .*disk is full[^\n]*\n {2}Make room; the work goes on by itself\./i)
  execFileSync(MOUNT, ['-o', 'remount,size=64m', home])
  const { code, stderr, stdout } = await running
  expect(stderr).toMatch(/waits: .*disk is full[^\n]*\n {2}Make room/i)
  expect({ code, stderr: stderr.replaceAll(/.* waits: .*\n {2}Make room.*\n/g, '') }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toContain('balanced: every record is accounted for on every edge')
  const sql = 'SELECT count(*) AS n, count(DISTINCT id) AS ids FROM rows'
  expect((await sluice('query', sql, '--format', 'csv')).stdout).toBe(`n,ids\r\n${COUNT},${COUNT}\r\n`)
}, 90_000)
