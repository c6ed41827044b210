import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { z } from 'zod'
import { sluice } from './crash-run.ts'

const countsSchema = z.tuple([z.record(z.string(), z.coerce.number())])

async function counts(home: string, sql: string): Promise<Record<string, number>> {
  const { stdout, stderr } = await sluice({ args: ['query', sql, '--format', 'json', '--home', home] })
  expect(stderr).toBe('')
  return countsSchema.parse(JSON.parse(stdout))[0]
}

/** Each record of `crashPipeline` once in each table that it belongs in, nothing else, nothing left over. */
export async function expectExactlyOnce(home: string, count: number): Promise<void> {
  const all = await counts(home, 'SELECT count(*) AS n, count(DISTINCT seq) AS d FROM all_events')
  const rejected = await counts(
    home,
    'SELECT count(*) AS n, count(DISTINCT (source_partition, source_offset)) AS d FROM rejected_events',
  )
  expect(all['n']).toBe(all['d'])
  expect(rejected['n']).toBe(rejected['d'])
  expect(Number(all['n']) + Number(rejected['n'])).toBe(count)
  expect(rejected['n']).toBeGreaterThan(0)
  const large = await counts(home, 'SELECT count(*) AS n, count(DISTINCT seq) AS d FROM large_events')
  const expected = await counts(home, 'SELECT count(*) AS n FROM all_events WHERE amount > 50')
  expect(large).toEqual({ n: expected['n'], d: expected['n'] })
  expect(leftovers(home)).toEqual([])
}

/** Files in any tmp folder of a commit log. */
function leftovers(home: string): string[] {
  const lake = join(home, 'lake')
  return readdirSync(lake, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.parentPath.includes('/_sluice/tmp'))
    .map((entry) => join(entry.parentPath, entry.name))
}
