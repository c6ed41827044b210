import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { TablePlan } from '#engine/core/plan.ts'
import type { Cell, QueryOptions, Warehouse } from './warehouse.ts'

export interface OpenedWarehouse {
  readonly warehouse: Warehouse
  /** Files rows `[id, mass]` at these offsets under the table's path, as a sink does, and makes the folder visible. */
  file(table: TablePlan, folder: string, offsets: readonly number[]): Promise<void>
  /** Takes warehouse and lake away. */
  done(): Promise<void>
}

export const ROCKS: TablePlan = {
  name: 'rocks',
  path: '/data/rocks',
  format: 'parquet',
  partitionBy: ['dt', 'hour'],
  snapshots: false,
  columns: [
    { name: 'id', type: 'string' },
    { name: 'mass', type: 'double' },
    { name: 'seen_at', type: 'timestamp' },
  ],
}

/** A text that the pattern is found in. */
export const like = (pattern: RegExp): unknown => expect.stringMatching(pattern)

/** All rows of a query. */
export async function rowsOf(
  warehouse: Warehouse,
  sql: string,
  options?: QueryOptions,
): Promise<readonly (readonly Cell[])[]> {
  const rows: (readonly Cell[])[] = []
  for await (const page of warehouse.query(sql, options)) rows.push(...page.rows)
  return rows
}

/** What every warehouse promises. `open` gives an empty one each time. */
export function warehouseContract(name: string, open: () => Promise<OpenedWarehouse>): void {
  describe(`warehouse: ${name}`, () => {
    let opened: OpenedWarehouse
    let warehouse: Warehouse
    let local: string

    beforeEach(async () => {
      opened = await open()
      warehouse = opened.warehouse
      local = await mkdtemp(join(tmpdir(), 'warehouse-contract-'))
    })
    afterEach(async () => {
      await opened.done()
      await rm(local, { recursive: true, force: true })
    })

    const failsWith = (sql: string, code: string): Promise<void> =>
      expect(rowsOf(warehouse, sql), sql).rejects.toMatchObject({ code })

    it('answers over every filed record, and over those filed since', async () => {
      await warehouse.ensureTable(ROCKS)
      expect(await rowsOf(warehouse, 'SELECT count(*) FROM rocks')).toEqual([[0]])
      await opened.file(ROCKS, 'dt=2026-11-22/hour=01', [0, 1, 2])
      await opened.file(ROCKS, 'dt=2026-11-22/hour=02', [3])
      expect(await rowsOf(warehouse, 'SELECT count(*), max(kafka_offset) FROM rocks')).toEqual([[4, 3]])
      await opened.file(ROCKS, 'dt=2026-11-23/hour=00', [4])
      expect(
        await rowsOf(
          warehouse,
          "SELECT dt, hour, count(*) FROM rocks WHERE dt >= '2026-11-22' GROUP BY dt, hour ORDER BY dt, hour",
        ),
      ).toEqual([
        ['2026-11-22', '01', 3],
        ['2026-11-22', '02', 1],
        ['2026-11-23', '00', 1],
      ])
    })

    it('shows the columns in order, then the technical ones, then the folders', async () => {
      await warehouse.ensureTable(ROCKS)
      await opened.file(ROCKS, 'dt=2026-11-22/hour=01', [7])
      for await (const { columns, rows } of warehouse.query('SELECT * FROM rocks')) {
        expect(columns.map((column) => column.name)).toEqual([
          'id',
          'mass',
          'seen_at',
          'kafka_partition',
          'kafka_offset',
          'dt',
          'hour',
        ])
        expect(rows).toEqual([['r7', 7, '2026-11-22T01:00:07Z', 0, 7, '2026-11-22', '01']])
      }
    })

    it('gives a column that came later as null where it is missing', async () => {
      await warehouse.ensureTable(ROCKS)
      await opened.file(ROCKS, 'dt=2026-11-22/hour=01', [0])
      const grown: TablePlan = { ...ROCKS, columns: [...ROCKS.columns, { name: 'moons', type: 'int' }] }
      await warehouse.ensureTable(grown)
      expect(await rowsOf(warehouse, 'SELECT id, moons FROM rocks')).toEqual([['r0', null]])
    })

    it('refuses a column that changed or went', async () => {
      await warehouse.ensureTable(ROCKS)
      const changed = ROCKS.columns.map((column) =>
        column.name === 'mass' ? { ...column, type: 'string' as const } : column,
      )
      await expect(warehouse.ensureTable({ ...ROCKS, columns: changed })).rejects.toMatchObject({
        code: 'SCHEMA_CHANGED',
      })
      await expect(warehouse.ensureTable({ ...ROCKS, columns: changed.slice(0, 1) })).rejects.toMatchObject({
        code: 'SCHEMA_CHANGED',
      })
      await expect(warehouse.ensureTable(ROCKS)).resolves.toBeUndefined()
    })

    it('knows its tables, and forgets one without its files', async () => {
      await warehouse.ensureTable(ROCKS)
      await warehouse.ensureTable({ ...ROCKS, name: 'stones' })
      await opened.file(ROCKS, 'dt=2026-11-22/hour=01', [0])
      expect((await warehouse.catalog()).map((table) => table.name)).toEqual(['rocks', 'stones'])
      expect(await rowsOf(warehouse, 'SHOW TABLES')).toEqual([['rocks'], ['stones']])
      await warehouse.dropTable('stones')
      await failsWith('SELECT * FROM stones', 'TABLE_UNKNOWN')
      expect(await rowsOf(warehouse, 'SELECT count(*) FROM rocks')).toEqual([[1]])
    })

    it('gives pages of at most 1,000 rows, up to the rows wanted, and one page of no rows', async () => {
      await warehouse.ensureTable(ROCKS)
      for (const folder of ['01', '02', '03']) {
        const first = Number(folder) * 1_000
        await opened.file(
          ROCKS,
          `dt=2026-11-22/hour=${folder}`,
          Array.from({ length: 1_000 }, (_, at) => first + at),
        )
      }
      const sizes = async (sql: string, options?: QueryOptions): Promise<readonly number[]> => {
        const pages: number[] = []
        for await (const page of warehouse.query(sql, options)) pages.push(page.rows.length)
        return pages
      }
      const all = await sizes('SELECT * FROM rocks')
      expect(Math.max(...all)).toBeLessThanOrEqual(1_000)
      expect(all.reduce((sum, size) => sum + size, 0)).toBe(3_000)
      expect((await sizes('SELECT * FROM rocks', { maxRows: 1_234 })).reduce((sum, size) => sum + size, 0)).toBe(1_234)
      expect(await sizes('SELECT * FROM rocks WHERE mass < 0')).toEqual([0])
    })

    it('carries every value across as a cell', async () => {
      const sql =
        "SELECT CAST(9007199254740993 AS BIGINT), CAST(42 AS BIGINT), CAST('12345678901234567890.10' AS DECIMAL(38,2)), TIMESTAMP '2026-11-22 01:02:03.5', DATE '2026-11-22', 1.5e0, true, NULL, 'é😀'"
      expect(await rowsOf(warehouse, sql)).toEqual([
        [
          '9007199254740993',
          42,
          '12345678901234567890.10',
          '2026-11-22T01:02:03.5Z',
          '2026-11-22',
          1.5,
          true,
          null,
          'é😀',
        ],
      ])
    })

    it('says where the SQL is wrong', async () => {
      await warehouse.ensureTable(ROCKS)
      await expect(rowsOf(warehouse, 'SELECT id\nFROM rocks\nWHERE nope > 1')).rejects.toMatchObject({
        code: 'SQL_FAILED',
        message: like(/nope.*line 3, column 7/),
      })
      await expect(rowsOf(warehouse, 'SELECT 1 +\n FROM rocks')).rejects.toMatchObject({
        code: 'SQL_FAILED',
        message: like(/line 2, column 2/),
      })
      await expect(rowsOf(warehouse, 'SELECT * FROM rokcs')).rejects.toMatchObject({
        code: 'TABLE_UNKNOWN',
        remedy: like(/"rocks"/),
      })
    })

    it.each([
      '',
      '-- nothing',
      'SELECT 1; SELECT 2',
      'DROP TABLE rocks',
      'INSERT INTO rocks VALUES (1)',
      'DELETE FROM rocks',
      'CREATE TABLE x (a INT)',
      'SET x = 1',
      "SELECT * FROM read_text('/etc/hostname')",
      "SELECT * FROM '/etc/hostname'",
    ])('refuses %j', async (sql) => {
      await warehouse.ensureTable(ROCKS)
      await expect(rowsOf(warehouse, sql)).rejects.toMatchObject({
        code: like(/^(SQL_REFUSED|SQL_FAILED|TABLE_UNKNOWN)$/),
      })
    })

    it('describes and explains', async () => {
      await warehouse.ensureTable(ROCKS)
      expect((await rowsOf(warehouse, 'DESCRIBE rocks')).map(([column]) => column)).toContain('seen_at')
      expect((await rowsOf(warehouse, 'EXPLAIN SELECT * FROM rocks')).length).toBeGreaterThan(0)
      expect(await warehouse.explain('SELECT count(*) FROM rocks')).not.toBe('')
    })

    it('is cancelled within a second', async () => {
      const controller = new AbortController()
      setTimeout(() => controller.abort(), 200)
      const started = performance.now()
      const endless =
        'SELECT count(*) FROM range(100000) a, range(100000) b, range(100000) c WHERE a.range + b.range = c.range'
      await expect(rowsOf(warehouse, endless, { signal: controller.signal })).rejects.toMatchObject({
        code: 'CANCELLED',
      })
      expect(performance.now() - started).toBeLessThan(1_200)
      expect(await rowsOf(warehouse, 'SELECT 1')).toEqual([[1]])
      await expect(rowsOf(warehouse, 'SELECT 1', { signal: AbortSignal.abort() })).rejects.toMatchObject({
        code: 'CANCELLED',
      })
    })

    it('exports a whole result as Parquet to a new file', async () => {
      await warehouse.ensureTable(ROCKS)
      await opened.file(ROCKS, 'dt=2026-11-22/hour=01', [1, 2])
      const target = join(local, 'out.parquet')
      const { rows, columns } = await warehouse.export(
        'SELECT id, sum(kafka_offset) AS total FROM rocks GROUP BY id ORDER BY id; -- all',
        target,
      )
      expect({ rows, names: columns.map((column) => column.name) }).toEqual({ rows: 2, names: ['id', 'total'] })
      expect((await readFile(target)).subarray(0, 4).toString()).toBe('PAR1')
      await expect(warehouse.export('SELECT 1', target)).rejects.toMatchObject({ code: 'FILE_EXISTS' })
      await expect(warehouse.export("COPY rocks TO 'x'", join(local, 'x'))).rejects.toMatchObject({
        code: 'SQL_REFUSED',
      })
    })

    it('leaves a file that is there as it is', async () => {
      const target = join(local, 'mine.txt')
      await writeFile(target, 'mine')
      await expect(warehouse.export('SELECT 1', target)).rejects.toMatchObject({ code: 'FILE_EXISTS' })
      expect(await readFile(target, 'utf8')).toBe('mine')
    })

    it('runs several queries at once, of tables of the same name defined anew between them', async () => {
      await warehouse.ensureTable(ROCKS)
      await opened.file(ROCKS, 'dt=2026-11-22/hour=01', [0, 1])
      const counts = await Promise.all(Array.from({ length: 8 }, () => rowsOf(warehouse, 'SELECT count(*) FROM rocks')))
      expect(counts).toEqual(Array.from({ length: 8 }, () => [[2]]))
    })

    it('can be closed twice, and answers no more', async () => {
      await warehouse.close()
      await expect(warehouse.close()).resolves.toBeUndefined()
      await failsWith('SELECT 1', 'NOT_CONNECTED')
    })
  })
}
