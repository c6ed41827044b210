import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { PipelineStatus } from '#contract/status.ts'
import { createEngine } from '#engine/engine.ts'
import type { Engine } from '#engine/engine-api.ts'
import { rowsOf, runUntilIdle } from './run-pipeline.ts'

const countsSchema = z.object({
  rows: z.number(),
  rejected: z.number(),
  rejected_by_field: z.record(z.string(), z.number()),
  parsed: z.number(),
  incomplete: z.number(),
  complete: z.number(),
  usa: z.number(),
  foreign: z.number(),
  alerts: z.number(),
  customers: z.number(),
})
type Counts = z.infer<typeof countsSchema>

/** All that is in the three tables, but for the place in a topic: partitions that are read side by side race for it. */
const TABLES = {
  usa: ['SELECT * EXCLUDE (kafka_partition, kafka_offset) FROM customers_usa ORDER BY ALL', 'warehouse'],
  alerts: ['SELECT * EXCLUDE (kafka_partition, kafka_offset) FROM customers_alerts ORDER BY ALL', 'warehouse'],
  database: ['SELECT * FROM customers ORDER BY customer_id', 'database'],
} as const

type Tables = Record<keyof typeof TABLES, readonly string[]>

/** What Python finds in the same file. */
async function countByPython(): Promise<Counts> {
  const script = join(import.meta.dirname, '..', 'customers_oracle.py')
  return countsSchema.parse(JSON.parse((await promisify(execFile)('python3', [script])).stdout))
}

/** The ledger that these counts make. */
function ledgerOf(counts: Counts): object {
  const { rows, rejected, parsed, complete, incomplete, usa, foreign, alerts, customers } = counts
  const whole = { behind: 0, lost: 0 }
  return {
    balanced: true,
    light: 'green',
    producers: { file: { produced: rows, ended: true } },
    topics: {
      'customers-raw': { appended: rows, foreign: 0, rejected },
      'customers-raw.rejected': { appended: rejected },
      'customers-valid': { appended: complete },
      'customers-usa': { appended: usa },
      'customers-alerts': { appended: incomplete },
    },
    filters: {
      complete: { in: rows, out: complete + incomplete, dropped: 0, rejected, ...whole },
      usa: { in: complete, out: usa, dropped: foreign, rejected: 0, ...whole },
    },
    sinks: {
      usa_files: { in: usa, filed: usa, failed: 0, rejected: 0, ...whole },
      alert_files: { in: alerts, filed: alerts, failed: 0, rejected: 0, ...whole },
      database: { in: rows, inserted: customers, updated: parsed - customers, failed: 0, rejected, ...whole },
    },
  }
}

async function allTables(engine: Engine): Promise<Tables> {
  const [usa, alerts, database] = await Promise.all(
    [TABLES.usa, TABLES.alerts, TABLES.database].map(([sql, on]) => rowsOf(engine, sql, on)),
  )
  return { usa: usa ?? [], alerts: alerts ?? [], database: database ?? [] }
}

describe('customers, with job processes, from the first row to the last', { timeout: 120_000 }, () => {
  const home = mkdtempSync(join(tmpdir(), 'sluice-customers-run-'))
  let engine: Engine
  let counts: Counts
  let first: { readonly status: PipelineStatus; readonly tables: Tables }

  beforeAll(async () => {
    counts = await countByPython()
    engine = await createEngine({ home, resume: false, openedBy: 'test' })
    first = { status: await runUntilIdle(engine, { pipeline: 'customers' }), tables: await allTables(engine) }
  }, 120_000)
  afterAll(async () => {
    await engine.close()
    rmSync(home, { recursive: true })
  })

  it('has every count of the ledger that Python finds in the file', () => {
    expect(first.status.ledger).toMatchObject(ledgerOf(counts))
  })

  it('has as many rows in each table, each customer once, and each rejected field with its rows', async () => {
    const { usa, alerts, database } = first.tables
    expect({ usa: usa.length, alerts: alerts.length, database: database.length }).toEqual({
      usa: counts.usa,
      alerts: counts.alerts,
      database: counts.customers,
    })
    const fields = await rowsOf(
      engine,
      'SELECT field, count(*) FROM customers_alerts WHERE raw IS NOT NULL GROUP BY field ORDER BY field',
    )
    expect(fields).toEqual(Object.entries(counts.rejected_by_field).map((pair) => JSON.stringify(pair)))
  })

  it('adds nothing when it runs again', async () => {
    const again = await runUntilIdle(engine, { pipeline: 'customers' })
    expect(again.ledger).toEqual(first.status.ledger)
    expect(await allTables(engine)).toEqual(first.tables)
  })

  it('filed elsewhere from 0, it gives the same rows', async () => {
    for (const sink of ['usa_files', 'alert_files']) {
      const replayed = await engine.pipelines.replay({
        pipeline: 'customers',
        sink,
        from: { offset: 0 },
        mode: 'elsewhere',
      })
      expect(replayed).toMatchObject({ mode: 'elsewhere', filesRemoved: 0, difference: { missing: 0, extra: 0 } })
      expect((await engine.lake.du(replayed.path)).files).toBeGreaterThan(0)
    }
    expect(await allTables(engine)).toEqual(first.tables)
  })

  it('rebuilt from 0, it gives the same rows in the same table', async () => {
    for (const sink of ['usa_files', 'alert_files']) {
      const from = { offset: 0 }
      const { filesRemoved } = await engine.pipelines.replay({ pipeline: 'customers', sink, from, mode: 'rebuild' })
      expect(filesRemoved).toBeGreaterThan(0)
    }
    expect(await rowsOf(engine, 'SELECT count(*) FROM customers_usa')).toEqual(['[0]'])
    const again = await runUntilIdle(engine, { pipeline: 'customers' })
    expect(again.ledger).toMatchObject(ledgerOf(counts))
    expect(await allTables(engine)).toEqual(first.tables)
  })

  it('reset and run again, it gives the same rows', async () => {
    await engine.pipelines.reset('customers')
    expect((await engine.topics.list()).filter(({ name }) => name.startsWith('customers'))).toEqual([])
    const again = await runUntilIdle(engine, { pipeline: 'customers' })
    expect(again.ledger).toMatchObject(ledgerOf(counts))
    expect(await allTables(engine)).toEqual(first.tables)
  })
})
