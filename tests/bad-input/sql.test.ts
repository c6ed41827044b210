import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectJson, expectTold, generator, pipelineOver, runHere } from './command-line.ts'

describe('SQL with a mistake', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bad-sql-'))
  const query = (sql: string, ...more: readonly string[]) =>
    runHere(['query', sql, '--home', join(folder, 'home'), ...more])

  beforeAll(async () => {
    writeFileSync(join(folder, 'rows.yaml'), pipelineOver(generator({ rate: 0, count: 10 })))
    const args = ['run', join(folder, 'rows.yaml'), '--until-idle', '--home', join(folder, 'home')]
    const { code, stderr } = await runHere(args)
    if (code !== 0) throw new Error(stderr)
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  it('that does not parse is told with its line and column', async () => {
    const says = ['syntax error at or near "SELEC" (line 1, column 1)']
    expectTold(await query('SELEC 1'), { code: 1, says, now: /Mend it at the place named/ })
    const json = await query('SELECT id\nFROM rows\nWHERE', '--json')
    expectJson(json, { code: 'SQL_FAILED', place: { line: 3, column: 6 } })
  })

  it('that names a column which is not there is told with its place and what is there, once', async () => {
    const told = await query('SELECT id\n  FROM rows WHERE siez > 1')
    expectTold(told, { code: 1, says: ['"siez"', '(line 2, column 19)'], now: /"size"/ })
    expect(told.stderr.match(/siez/g)).toHaveLength(1)
    expect(told.stderr).not.toMatch(/Binder|Candidate/)
  })

  it('that names a table which is not there is told with the one that was meant', async () => {
    const says = ['There is no table "rosw".']
    expectTold(await query('SELECT * FROM rosw'), { code: 1, says, now: /Did you mean "rows"\? Tables: rows\./ })
    expectJson(await query('SELECT * FROM rosw', '--json'), { code: 'TABLE_UNKNOWN' })
  })

  it('that would change something is refused as a wrong call', async () => {
    expectTold(await query('DROP TABLE rows'), { code: 2, says: [/SELECT/], now: /Only SELECT/ })
    expectJson(await query('DROP TABLE rows', '--json'), { code: 'SQL_REFUSED' })
  })

  it('that fails for a value is told as a mistake in the SQL', async () => {
    expectTold(await query("SELECT CAST('abc' AS INTEGER) FROM rows"), { code: 1, says: ['abc'], now: /./ })
  })
})
