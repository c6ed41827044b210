import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isSluiceError } from '#engine/core/sluice-error.ts'
import { openLockedDuckdb } from './duckdb-instance.ts'
import { admit } from './duckdb-sql-gate.ts'

const SECRET = '/etc/hostname'
const HOSTILE: readonly string[] = [
  `SELECT * FROM read_text('${SECRET}')`,
  `SELECT * FROM read_blob('${SECRET}')`,
  `SELECT * FROM read_csv('${SECRET}')`,
  `SELECT * FROM read_json('${SECRET}')`,
  `SELECT * FROM read_parquet('${SECRET}')`,
  `SELECT * FROM parquet_metadata('${SECRET}')`,
  `SELECT * FROM sniff_csv('${SECRET}')`,
  `SELECT * FROM glob('/*')`,
  `SELECT * FROM '${SECRET}'`,
  `SELECT * FROM "${SECRET}"`,
  `FROM '${SECRET}'`,
  `TABLE "${SECRET}"`,
  `DESCRIBE '${SECRET}'`,
  `SUMMARIZE '${SECRET}'`,
  `SELECT (SELECT content FROM read_text('${SECRET}'))`,
  `SELECT 1 WHERE EXISTS (FROM read_text('${SECRET}'))`,
  `SELECT 1 UNION ALL SELECT content FROM read_text('${SECRET}')`,
  `SELECT * FROM rocks JOIN read_text('${SECRET}') ON true`,
  `SELECT * FROM (VALUES (1)) v, LATERAL (SELECT * FROM read_text('${SECRET}'))`,
  `SELECT * FROM rocks ORDER BY (SELECT content FROM read_text('${SECRET}'))`,
  `SELECT sum(1) OVER (ORDER BY (SELECT content FROM read_text('${SECRET}')))`,
  `SELECT list_transform([1], lambda x: (SELECT content FROM read_text('${SECRET}')))`,
  `WITH x AS (SELECT * FROM read_text('${SECRET}')) SELECT * FROM x`,
  `WITH RECURSIVE x AS (SELECT content FROM read_text('${SECRET}') UNION ALL SELECT * FROM x) SELECT * FROM x`,
  `WITH "${SECRET}" AS (SELECT 1) SELECT * FROM "${SECRET}"`,
  `SELECT * FROM (WITH "a.csv" AS (SELECT 1) SELECT 1), "a.csv"`,
  `/* SELECT */ SELECT * FROM -- read\n read_text /* x */ ('${SECRET}')`,
  `SELECT * FROM main.read_text('${SECRET}')`,
  `SELECT * FROM system.main.read_text('${SECRET}')`,
  `SELECT * FROM query('SELECT * FROM read_text(''${SECRET}'')')`,
  `SELECT * FROM query_table(['rocks'])`,
  `SELECT * FROM json_execute_serialized_sql('{}')`,
  `EXPLAIN SELECT * FROM read_text('${SECRET}')`,
  `EXPLAIN ANALYZE COPY rocks TO '/tmp/x'`,
  `/* x */ EXPLAIN ANALYZE /* y */ SELECT * FROM read_text('${SECRET}')`,
  `EXPLAIN EXPLAIN SELECT 1`,
  `COPY rocks TO '/tmp/x'`,
  `COPY (SELECT 1) TO '/tmp/x'`,
  `COPY rocks FROM '/tmp/x'`,
  `EXPORT DATABASE '/tmp/x'`,
  `IMPORT DATABASE '/tmp/x'`,
  `ATTACH '/tmp/x.db'`,
  `DETACH memory`,
  `INSTALL httpfs`,
  `LOAD httpfs`,
  `SET threads = 8`,
  `RESET lock_configuration`,
  `SET VARIABLE a = 1`,
  `PRAGMA database_list`,
  `CALL pragma_database_size()`,
  `CREATE TABLE x (a INT)`,
  `CREATE TEMP VIEW rocks AS SELECT 1`,
  `CREATE MACRO f() AS TABLE SELECT * FROM read_text('${SECRET}')`,
  `CREATE SECRET (TYPE s3)`,
  `DROP VIEW rocks`,
  `ALTER VIEW rocks RENAME TO x`,
  `INSERT INTO rocks VALUES (1)`,
  `UPDATE rocks SET id = 1`,
  `DELETE FROM rocks`,
  `TRUNCATE rocks`,
  `MERGE INTO rocks USING rocks r ON true WHEN MATCHED THEN DELETE`,
  `BEGIN`,
  `CHECKPOINT`,
  `VACUUM`,
  `USE memory`,
  `PREPARE p AS SELECT 1`,
  `EXECUTE p`,
  `SELECT 1; DROP TABLE rocks`,
  `SELECT 1;;SELECT 2`,
  `SELECT $1`,
  `SELECT ?`,
  `SELECT getenv('HOME')`,
  `SELECT current_setting('temp_directory')`,
  `SELECT getvariable('x')`,
  `SELECT nextval('x')`,
  `SELECT * FROM information_schema.tables`,
  `SELECT * FROM pg_catalog.pg_class`,
  `SELECT * FROM duckdb_settings()`,
  `SELECT * FROM duckdb_tables`,
  `SELECT * FROM sqlite_master`,
  `SELECT * FROM pragma_table_info('rocks')`,
  `SELECT * FROM temp.main.rocks`,
  `SELECT * FROM other`,
  `PIVOT rocks ON id`,
  `\0`,
  `SELECT 1 \0; DROP TABLE rocks`,
]

let instance: DuckDBInstance
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gate-'))
  await writeFile(join(folder, 'inside.csv'), 'a\n1\n')
  instance = await openLockedDuckdb({ threads: 1, memoryLimit: '256MB', folders: [folder] })
})
afterAll(async () => {
  instance.closeSync()
  await rm(folder, { recursive: true })
})

async function verdict(sql: string): Promise<unknown> {
  const connection = await instance.connect()
  try {
    return await admit(connection, sql, ['rocks', 'Stones'])
  } catch (error) {
    return isSluiceError(error) ? error.code : error
  } finally {
    connection.closeSync()
  }
}

describe('the gate', () => {
  it.each(HOSTILE)('lets %j not pass', async (sql) => {
    expect(await verdict(sql)).toBeOneOf(['SQL_REFUSED', 'SQL_FAILED', 'TABLE_UNKNOWN'])
  })

  it.each([
    ['SELECT * FROM rocks', ['rocks']],
    ['select * from ROCKS, stones;', ['rocks', 'Stones']],
    ['WITH x AS (SELECT * FROM rocks) SELECT * FROM x, x AS y', ['rocks']],
    ['SELECT (SELECT count(*) FROM stones) FROM range(3), unnest([1])', ['Stones']],
    ['EXPLAIN SELECT * FROM rocks', ['rocks']],
    ['-- why\nexplain analyze select * from rocks', ['rocks']],
    ['DESCRIBE rocks', ['rocks']],
    ['SUMMARIZE rocks', ['rocks']],
    ['FROM rocks', ['rocks']],
    ['VALUES (1)', []],
    ["SELECT 'read_text(''/etc/hostname'')', '; DROP TABLE rocks'", []],
    ['SELECT * FROM (PIVOT rocks ON id IN (1, 2) USING count(*))', ['rocks']],
  ])('lets %j pass, and knows its tables', async (sql, tables) => {
    expect(await verdict(sql)).toMatchObject({ tables })
  })

  it('survives long and deep statements', async () => {
    expect(await verdict(`SELECT ${'('.repeat(5_000)}1${')'.repeat(5_000)}`)).toMatchObject({ tables: [] })
    expect(await verdict(`SELECT ${'NOT '.repeat(5_000)}true`)).toBe('SQL_FAILED')
    expect(await verdict(`SELECT ${'(SELECT '.repeat(2_000)}1${')'.repeat(2_000)}`)).toBeOneOf([
      'SQL_FAILED',
      expect.objectContaining({ tables: [] }),
    ])
  })
})

describe('a locked DuckDB, should something get by', () => {
  it.each([
    `SELECT * FROM read_text('${SECRET}')`,
    `SELECT * FROM '/etc/anything.csv'`,
    `COPY (SELECT 1) TO '/tmp/sluice-gate-test'`,
    `ATTACH '/tmp/sluice-gate-test.db'`,
    'INSTALL httpfs',
    'LOAD httpfs',
    'SET enable_external_access = true',
    "SET allowed_directories = ['/']",
    'SET lock_configuration = false',
    'RESET threads',
    "SET temp_directory = '/tmp'",
    `SELECT * FROM read_text('https://example.org/')`,
  ])('refuses %j', async (sql) => {
    const connection = await instance.connect()
    await expect(connection.run(sql)).rejects.toThrow(/Permission|configuration|disabled|locked|Cannot/i)
    connection.closeSync()
  })

  it('reads its own folder, as it must', async () => {
    const connection = await instance.connect()
    expect((await connection.runAndReadAll(`FROM '${join(folder, 'inside.csv')}'`)).getRowsJson()).toEqual([['1']])
    connection.closeSync()
  })
})
