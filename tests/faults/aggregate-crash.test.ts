import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createEngine } from '#engine/engine.ts'
import { sluice } from './crash-run.ts'

const PIPELINE = `name: kinds
title: Kinds
topics:
  events: { partitions: 2, columns: { id: string, kind: string, seq: long } }
producers:
  source:
    to: events
    key: id
    generator: { rate: 0, count: 3000, seed: 7, record: { id: { pattern: "id-{sequence}" }, kind: { choice: [a, b, c] }, seq: { sequence: true } } }
aggregates:
  kinds: { from: events, group_by: [kind], measures: { n: count(), total: sum(seq) }, lake: { path: /kinds, format: parquet } }
tables:
  kinds: { path: /kinds }
`

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-aggregate-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

it.each(['aggregate-save:before', 'aggregate-save:after'])(
  'an aggregate has every record once in its results after kill -9 of its process at %s',
  { timeout: 120_000 },
  async (point) => {
    const [file, home, marker] = [join(folder, 'kinds.yaml'), join(folder, 'home'), join(folder, 'reached')]
    writeFileSync(file, PIPELINE)
    const args = ['run', file, '--until-idle', '--json', '--home', home]
    const { code, stderr } = await sluice({ args, env: { SLUICE_FAULT_POINT: `${point}:1:${marker}` } })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(existsSync(marker)).toBe(true)
    await using engine = await createEngine({ home, resume: false, openedBy: 'a test' })
    const rows: unknown[] = []
    const sql = 'SELECT sum(n) AS n, sum(total) AS total FROM kinds'
    for await (const page of engine.sql.query({ sql }, new AbortController().signal)) rows.push(...page.rows)
    expect(rows.flat().map(Number)).toEqual([3_000, 4_498_500])
  },
)
