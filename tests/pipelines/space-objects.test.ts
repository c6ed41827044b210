import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PipelineStatus } from '#contract/status.ts'
import { createEngine } from '#engine/engine.ts'
import type { Engine } from '#engine/engine-api.ts'
import { rowsOf, runUntilIdle } from './run-pipeline.ts'

const COUNT = 2_000
const DANGEROUS = 'diameter_m > 140 AND distance_km < 7500000'

describe(`space-objects, ${COUNT} of them, with job processes`, { timeout: 60_000 }, () => {
  const home = mkdtempSync(join(tmpdir(), 'sluice-space-run-'))
  let engine: Engine
  let status: PipelineStatus
  let dangerous: number

  beforeAll(async () => {
    engine = await createEngine({ home, resume: false, openedBy: 'test' })
    status = await runUntilIdle(engine, { pipeline: 'space-objects', rate: 0, count: COUNT })
    dangerous = Number((await rowsOf(engine, `SELECT count(*) FROM objects WHERE ${DANGEROUS}`))[0]?.slice(1, -1))
  }, 60_000)
  afterAll(async () => {
    await engine.close()
    rmSync(home, { recursive: true })
  })

  it('balances, and the filter keeps what the same SQL finds in the files', async () => {
    expect(dangerous).toBeGreaterThan(0)
    expect(status.ledger).toMatchObject({
      balanced: true,
      light: 'green',
      producers: { simulator: { produced: COUNT, ended: true } },
      filters: { dangerous: { in: COUNT, out: dangerous, dropped: COUNT - dangerous, behind: 0, lost: 0 } },
      sinks: { all: { filed: COUNT, behind: 0 }, alerts: { filed: dangerous, behind: 0 } },
    })
    const kept = await rowsOf(engine, `SELECT id FROM objects WHERE ${DANGEROUS} ORDER BY id`)
    expect(await rowsOf(engine, 'SELECT id FROM alerts ORDER BY id')).toEqual(kept)
  })

  it('answers its analyses, and files the one that is kept', async () => {
    const results = new Map<string, readonly (readonly unknown[])[]>()
    for await (const event of engine.analyses.run({ pipeline: 'space-objects' }, new AbortController().signal)) {
      if (event.type === 'failed') throw new Error(event.error.message)
      if (event.type === 'result') results.set(event.name, event.rows)
    }
    const last24h = results.get('last_24h') ?? []
    expect(last24h.map(([kind]) => kind)).toEqual(['exoplanet', 'meteorite'])
    expect(last24h.reduce((sum, [, n]) => sum + Number(n), 0)).toBe(COUNT)
    const fastest = results.get('top5_fastest') ?? []
    const filed = await rowsOf(engine, 'SELECT id, name, kind, speed_kms FROM top5_fastest')
    expect(filed).toEqual(fastest.map((row) => JSON.stringify(row)))
    expect(filed).toEqual(
      await rowsOf(engine, 'SELECT id, name, kind, speed_kms FROM objects ORDER BY speed_kms DESC, id LIMIT 5'),
    )
    expect((await engine.lake.ls('/data/space/analyses/top5_fastest')).map(({ name }) => name)).toEqual(['v1'])
  })

  it('lists every alert with its severity and its message', async () => {
    const { alerts } = await engine.alerts.list({ pipeline: 'space-objects', limit: 1_000 })
    expect(alerts).toHaveLength(dangerous)
    for (const { severity, message } of alerts) {
      expect(severity).toBe('high')
      expect(message).toMatch(/^[A-Z][a-z]+: [\d.]+ m wide, [\d.]+ km away$/)
    }
  })
})
