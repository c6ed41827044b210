import { beforeAll, expect, it } from 'vitest'
import { aTable, batchOf, pagesOf, rowsOf } from './database-samples.contract.ts'
import type { DatabaseStand } from './database-samples.contract.ts'

const ROWS = 12_500

export function queryingContract(stand: DatabaseStand): void {
  const table = aTable({ name: 'asked' })

  beforeAll(async () => {
    await stand.database.ensureTable(table)
    const rows = Array.from({ length: ROWS }, (_, id) => ({ id, name: id % 2 === 0 ? 'even' : 'odd' }))
    await stand.database.insert(table, batchOf(table, 0, rows))
  })

  it('answers in pages of at most 1,000 rows, in order, none twice', async () => {
    const pages = await pagesOf(stand.database, 'SELECT id FROM asked ORDER BY id')
    expect(pages.map(({ rows }) => rows.length)).toEqual([...Array.from({ length: 12 }, () => 1_000), 500])
    expect(pages.flatMap(({ rows }) => rows.map(([id]) => id))).toEqual(Array.from({ length: ROWS }, (_, id) => id))
  })

  it('names the columns with their types, also where there is no row', async () => {
    for (const where of ['true', 'false']) {
      const [page, ...more] = await pagesOf(stand.database, `SELECT id, name AS id FROM asked WHERE ${where} LIMIT 1`)
      expect(page?.columns).toEqual([
        { name: 'id', type: 'bigint' },
        { name: 'id', type: 'text' },
      ])
      expect(more).toEqual([])
    }
  })

  it('gives no more rows than were asked for', async () => {
    for (const maxRows of [1, 1_000, 1_500, 10_000, 11_500]) {
      const rows = await rowsOf(stand.database, 'SELECT id FROM asked ORDER BY id DESC; -- the end', { maxRows })
      expect(rows).toHaveLength(maxRows)
      expect(rows[0]).toEqual([ROWS - 1])
    }
  })

  it('takes WITH, VALUES, comments, EXPLAIN and SHOW', async () => {
    expect(await rowsOf(stand.database, '/* a */ -- b\n WITH x AS (SELECT 1 AS a) SELECT a FROM x')).toEqual([[1]])
    expect(await rowsOf(stand.database, 'VALUES (1), (2)')).toEqual([[1], [2]])
    const plan = await rowsOf(stand.database, 'EXPLAIN SELECT * FROM asked')
    expect(JSON.stringify(plan)).toContain('asked')
    expect(await rowsOf(stand.database, 'SHOW timezone')).toEqual([['UTC']])
  })

  it('refuses whatever is no question, and changes nothing', async () => {
    const hostile = [
      'DELETE FROM asked',
      'DROP TABLE asked',
      'SELECT 1; DROP TABLE asked',
      'WITH gone AS (DELETE FROM asked RETURNING *) SELECT * FROM gone',
      'EXPLAIN ANALYZE DELETE FROM asked',
      'SELECT * INTO copied FROM asked',
      "SELECT set_config('transaction_read_only', 'off', true)",
      "SELECT set_config('role', 'postgres', false)",
      "SELECT pg_read_file('postgresql.conf')",
      "SELECT lo_export(1, '/tmp/out')",
      "COPY asked TO '/tmp/out'",
      'SELECT lo_create(0)',
      'SELECT pg_sleep(1000)',
      'SET ROLE postgres',
      'COMMIT',
      '',
      '-- nothing',
    ]
    for (const sql of hostile) {
      await expect(pagesOf(stand.database, sql), sql).rejects.toMatchObject({ code: 'SQL_REFUSED' })
    }
    expect(await rowsOf(stand.database, 'SELECT count(*) FROM asked')).toEqual([[ROWS]])
    await stand.database.ensureTable(aTable())
  })

  it('says where the SQL is wrong: line and column, with a limit or without', async () => {
    for (const options of [{}, { maxRows: 5 }]) {
      const asking = pagesOf(stand.database, 'SELECT id,\n  nope FROM asked', options)
      await expect(asking).rejects.toMatchObject({ code: 'SQL_FAILED', place: { line: 2, column: 3 } })
    }
    await expect(pagesOf(stand.database, 'SELECT 1 FROM nowhere')).rejects.toMatchObject({ code: 'TABLE_UNKNOWN' })
    await expect(pagesOf(stand.database, 'SELECT 1/0')).rejects.toMatchObject({ code: 'SQL_FAILED' })
  })

  it('stops between two pages when it is cancelled, and before the first', async () => {
    const controller = new AbortController()
    const taken: number[] = []
    const asking = async () => {
      for await (const { rows } of stand.database.query('SELECT * FROM asked', { signal: controller.signal })) {
        taken.push(rows.length)
        controller.abort()
      }
    }
    await expect(asking()).rejects.toMatchObject({ code: 'CANCELLED' })
    expect(taken).toEqual([1_000])
    await expect(asking()).rejects.toMatchObject({ code: 'CANCELLED' })
    expect(taken).toEqual([1_000])
  })

  it('files while a slow reader has not read on, and he sees the rows of when he asked', async () => {
    const slow = aTable()
    await stand.database.ensureTable(slow)
    await stand.database.insert(
      slow,
      batchOf(
        slow,
        0,
        Array.from({ length: 11_500 }, (_, id) => ({ id })),
      ),
    )
    const seen: number[] = []
    for await (const { rows } of stand.database.query(`SELECT id FROM ${slow.name}`)) {
      if (seen.length === 0) await stand.database.insert(slow, batchOf(slow, 11_500, [{ id: -1 }]))
      seen.push(...rows.map(([id]) => Number(id)))
    }
    expect(seen).toHaveLength(11_500)
    expect(await rowsOf(stand.database, `SELECT count(*) FROM ${slow.name}`)).toEqual([[11_501]])
  })

  it('leaves nothing behind of an answer that was not read to its end', async () => {
    for await (const page of stand.database.query('SELECT * FROM asked')) {
      expect(page.rows).toHaveLength(1_000)
      break
    }
    expect(await rowsOf(stand.database, 'SELECT count(*) FROM pg_cursors WHERE is_holdable')).toEqual([[1]])
  })

  it('gives numbers that JSON can’t hold, and times, as text', async () => {
    const sql = `SELECT 9007199254740991::bigint, 9007199254740992::bigint, 1.10::numeric, 'NaN'::float8, '-Infinity'::float8,
      timestamp '2026-01-02 03:04:05', timestamptz '2026-01-02 03:04:05.5+02', timestamp 'infinity', ARRAY[1, 2], NULL`
    expect(await rowsOf(stand.database, sql)).toEqual([
      [
        9007199254740991,
        '9007199254740992',
        '1.10',
        'NaN',
        '-Infinity',
        '2026-01-02T03:04:05Z',
        '2026-01-02T01:04:05.5Z',
        'infinity',
        '{1,2}',
        null,
      ],
    ])
  })
}
