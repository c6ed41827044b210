import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { duckdbTransform } from '#engine/adapters/embedded/duckdb-transform.ts'
import { batchOf, SILENT_LOG, sliceOf } from '#engine/ports/transform-samples.contract.ts'
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

it('a transform that meets a full disk says so, leaves nothing behind, and writes when there is space', async (test) => {
  const { folder } = freshDesk()
  const disk = join(folder, 'disk')
  if (!mountSmall(disk, '100k')) return test.skip('only root can mount a small disk')
  await using transform = await duckdbTransform.open({ folder: disk }, { log: SILENT_LOG })
  const lines = Array.from({ length: 50_000 }, (_, id) => JSON.stringify({ id: `${id}-${Math.sqrt(id)}` }))
  const columns = [{ name: 'id', type: 'string' as const }]
  const slice = await sliceOf(transform, { topic: 'ids', columns }, batchOf(lines))
  const write = (): Promise<unknown> => transform.write({ columns, format: 'parquet', partitionBy: [] }, [slice])
  await expect(write()).rejects.toMatchObject({ code: 'DISK_FULL', retryable: true })
  expect(readdirSync(disk, { recursive: true })).toEqual(['spill'])
  execFileSync(MOUNT, ['-o', 'remount,size=64m', disk])
  expect(await write()).toMatchObject([{ rows: 50_000 }])
  await slice.parsed.release()
})
