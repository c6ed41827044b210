import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { createEngine } from '#engine/engine.ts'
import type { Engine } from '#engine/engine-api.ts'

async function counts(engine: Engine, sql: string): Promise<readonly number[]> {
  const rows: number[][] = []
  for await (const page of engine.sql.query({ sql, on: 'warehouse' }, new AbortController().signal)) {
    rows.push(...page.rows.map((row) => row.map(Number)))
  }
  return rows[0] ?? []
}

/** Each record of `crashPipeline` once in each table that it belongs in, nothing else, nothing left over. */
export async function expectExactlyOnce(home: string, count: number): Promise<void> {
  await using engine = await createEngine({ home, resume: false, openedBy: 'a test' })
  const [all = 0, allOnce] = await counts(engine, 'SELECT count(*), count(DISTINCT seq) FROM all_events')
  const [refused = 0, refusedOnce] = await counts(
    engine,
    'SELECT count(*), count(DISTINCT source_partition * 1000000 + source_offset) FROM rejected_events',
  )
  const [large, largeOnce] = await counts(engine, 'SELECT count(*), count(DISTINCT seq) FROM large_events')
  const [expected] = await counts(engine, 'SELECT count(*) FROM all_events WHERE amount > 50')
  expect({ allOnce, refusedOnce, sum: all + refused }).toEqual({ allOnce: all, refusedOnce: refused, sum: count })
  expect(refused).toBeGreaterThan(0)
  expect({ large, largeOnce }).toEqual({ large: expected, largeOnce: expected })
  expect(leftovers(home)).toEqual([])
}

/** Files in any tmp folder of a commit log. */
function leftovers(home: string): string[] {
  const lake = join(home, 'lake')
  return readdirSync(lake, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.parentPath.includes('/_sluice/tmp'))
    .map((entry) => join(entry.parentPath, entry.name))
}
