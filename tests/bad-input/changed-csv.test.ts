import { appendFileSync, writeFileSync } from 'node:fs'
import { expect, it, vi } from 'vitest'
import type { Outcome } from '#tests/faults/crash-run.ts'
import { expectJson, expectTold, freshDesk, pipelineOver } from './command-line.ts'

vi.setConfig({ testTimeout: 90_000 })

const HEADER = 'id,size'
const LINES = Array.from({ length: 900 }, (_, id) => `${id},${id / 4}`)

/** A CSV of 900 rows, stopped after some of them. */
async function stoppedHalfWay() {
  const desk = freshDesk()
  const csv = desk.write('rows.csv', `${HEADER}\n${LINES.join('\n')}\n`)
  const slow = desk.write('rows.yaml', pipelineOver('{ to: rows, csv: { file: rows.csv, rate: 300 } }'))
  const first = await desk.sluice('run', slow, '--for', '1s', '--json')
  expect(first).toMatchObject({ code: 0, stderr: '' })
  expect(produced(first)).toBeGreaterThan(0)
  expect(produced(first)).toBeLessThan(LINES.length)
  const quick = desk.write('quick.yaml', pipelineOver('{ to: rows, csv: { file: rows.csv } }'))
  return { ...desk, csv, run: (...more: readonly string[]) => desk.sluice('run', quick, '--until-idle', ...more) }
}

function produced({ stdout }: Outcome): number {
  return Number(/"produced": (\d+)/.exec(stdout)?.[1])
}

it('a CSV that became another file while stopped is a question with the ways out; put back, it goes on', async () => {
  const { csv, run, sluice } = await stoppedHalfWay()
  writeFileSync(csv, [HEADER, ...LINES.map((line) => `${line}1`)].join('\n'))
  const says = ['The job source stopped', csv, /is not the one that was read so far/]
  expectTold(await run(), { code: 1, says, now: /Put the old file back, or reset/ })
  expectJson(await run('--json'), { code: 'JOB_FAILED', reason: 'SOURCE_CHANGED' })
  writeFileSync(csv, `${HEADER}\n${LINES.slice(0, 2).join('\n')}\n`)
  expectTold(await run(), { code: 1, says, now: /Put the old file back, or reset/ })
  writeFileSync(csv, `${HEADER}\n${LINES.join('\n')}\n`)
  expect(await run()).toMatchObject({ code: 0, stderr: '' })
  await expectRows(sluice, LINES.length)
})

it('a CSV that became longer while stopped goes on to its new end', async () => {
  const { csv, run, sluice } = await stoppedHalfWay()
  appendFileSync(csv, '900,1\n901,2\n')
  const ended = await run('--json')
  expect(ended).toMatchObject({ code: 0, stderr: '' })
  expect(produced(ended)).toBe(LINES.length + 2)
  await expectRows(sluice, LINES.length + 2)
})

it('a reset takes the new file from its start', async () => {
  const { csv, run, sluice } = await stoppedHalfWay()
  writeFileSync(csv, `${HEADER}\n7,1\n8,1\n`)
  expect(await sluice('reset', 'rows', '--yes')).toMatchObject({ code: 0 })
  expect(await run()).toMatchObject({ code: 0, stderr: '' })
  await expectRows(sluice, 2)
})

async function expectRows(sluice: (...args: readonly string[]) => Promise<Outcome>, rows: number): Promise<void> {
  const sql = 'SELECT count(*) AS n, count(DISTINCT id) AS ids FROM rows'
  expect((await sluice('query', sql, '--format', 'csv')).stdout).toBe(`n,ids\r\n${rows},${rows}\r\n`)
}
