import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { TablePlan } from '#engine/core/plan.ts'
import { SILENT_LOG } from '#engine/ports/transform-samples.contract.ts'
import type { Warehouse } from '#engine/ports/warehouse.ts'
import { like, ROCKS, rowsOf, warehouseContract } from '#engine/ports/warehouse.contract.ts'
import { duckdbWarehouse } from './duckdb-warehouse.ts'

/** Files `select` as a sink would name it. */
async function fileAt(lake: string, path: string, select: string): Promise<string> {
  const file = join(lake, path)
  await mkdir(dirname(file), { recursive: true })
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  await connection.run(`COPY (${select}) TO '${file}'`)
  connection.closeSync()
  instance.closeSync()
  return file
}

function fileName(first: number, last: number, n = 1, format = 'parquet'): string {
  const padded = (offset: number): string => String(offset).padStart(20, '0')
  return `rocks-0-${padded(first)}-${padded(last)}-${n}.${format}`
}

function rocksSql(offsets: readonly number[]): string {
  return `SELECT 'r' || o AS id, o::DOUBLE AS mass, TIMESTAMP '2026-11-22 01:00:00' + to_seconds(o % 3600) AS seen_at, 0 AS kafka_partition, o::BIGINT AS kafka_offset FROM (SELECT unnest([${offsets.join(', ')}]) AS o)`
}

function rangeOf(offsets: readonly number[]): readonly [number, number] {
  return [offsets[0] ?? 0, offsets.at(-1) ?? 0]
}

async function open() {
  const folder = await mkdtemp(join(tmpdir(), 'warehouse-'))
  const lake = join(folder, 'lake')
  const warehouse = await duckdbWarehouse.open(
    { root: lake, tempFolder: join(folder, 'temp'), threads: 2 },
    { log: SILENT_LOG },
  )
  return {
    warehouse,
    folder,
    lake,
    async file({ path }: TablePlan, partition: string, offsets: readonly number[]) {
      await fileAt(lake, join(path, partition, fileName(...rangeOf(offsets))), rocksSql(offsets))
    },
    async done() {
      await warehouse.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

warehouseContract('duckdb', open)

describe('over a folder lake', () => {
  const FLAT: TablePlan = { ...ROCKS, partitionBy: [] }
  let opened: Awaited<ReturnType<typeof open>>
  let warehouse: Warehouse

  beforeEach(async () => {
    opened = await open()
    warehouse = opened.warehouse
    await warehouse.ensureTable(FLAT)
  })
  afterEach(() => opened.done())

  const put = (path: string, offsets: readonly number[], extra = ''): Promise<string> =>
    fileAt(opened.lake, path, `SELECT *${extra} FROM (${rocksSql(offsets)})`)
  const count = async (): Promise<unknown> =>
    (await rowsOf(warehouse, 'SELECT count(*), count(DISTINCT kafka_offset) FROM rocks'))[0]

  it('sees no file that a merged one covers, nor hidden ones, nor those of other depth', async () => {
    await put(`data/rocks/${fileName(0, 1, 1)}`, [0, 1])
    await put(`data/rocks/${fileName(2, 3, 2)}`, [2, 3])
    await put(`data/rocks/${fileName(0, 3, 3)}`, [0, 1, 2, 3])
    await put(`data/rocks/_sluice/${fileName(9, 9, 9)}`, [9])
    await put(`data/rocks/.${fileName(9, 9, 9)}`, [9])
    await put(`data/rocks/dt=2026-11-22/${fileName(9, 9, 9)}`, [9])
    expect(await count()).toEqual([4, 4])
  })

  it('reads files with and without a newer column, in any mixture', async () => {
    await put(`data/rocks/${fileName(0, 1)}`, [0, 1])
    await put(`data/rocks/${fileName(2, 3)}`, [2, 3], ", 'x' AS moon")
    await put(`data/rocks/${fileName(4, 4)}`, [4], ", 'y' AS moon")
    await warehouse.ensureTable({
      ...FLAT,
      columns: [...ROCKS.columns, { name: 'moon', type: 'string' }, { name: 'never', type: 'decimal(10,2)' }],
    })
    expect(
      await rowsOf(warehouse, 'SELECT moon, count(*), count(never) FROM rocks GROUP BY moon ORDER BY moon NULLS FIRST'),
    ).toEqual([
      [null, 2, 0],
      ['x', 2, 0],
      ['y', 1, 0],
    ])
  })

  it('says that a column changed where a file has another type', async () => {
    await fileAt(opened.lake, `data/rocks/${fileName(0, 0)}`, "SELECT 'a' AS id, 'heavy' AS mass")
    await expect(count()).rejects.toMatchObject({
      code: 'SCHEMA_CHANGED',
      message: like(/mass.*rocks.*DOUBLE.*VARCHAR/),
    })
  })

  it('reads results as their newest snapshot alone', async () => {
    const table: TablePlan = {
      ...FLAT,
      name: 'top',
      path: '/results/top',
      snapshots: true,
      columns: [{ name: 'n', type: 'long' }],
    }
    await warehouse.ensureTable(table)
    expect(await rowsOf(warehouse, 'SELECT * FROM top')).toEqual([])
    await fileAt(opened.lake, 'results/top/v9/results.parquet', 'SELECT 9::BIGINT AS n')
    await fileAt(opened.lake, 'results/top/v10/results.parquet', 'SELECT 10::BIGINT AS n')
    await fileAt(opened.lake, 'results/top/_sluice/tmp/x/results.parquet', 'SELECT 11::BIGINT AS n')
    expect(await rowsOf(warehouse, 'SELECT * FROM top')).toEqual([[10]])
  })

  it('reads a table whose columns nobody declared as its files have them', async () => {
    await warehouse.ensureTable({ ...FLAT, name: 'raw', columns: [] })
    expect(await rowsOf(warehouse, 'SELECT * FROM raw')).toEqual([])
    await put(`data/rocks/${fileName(0, 0)}`, [0])
    expect((await rowsOf(warehouse, 'DESCRIBE raw')).map(([name]) => name)).toEqual([
      'id',
      'mass',
      'seen_at',
      'kafka_partition',
      'kafka_offset',
    ])
  })

  it('reads JSON with its columns’ types, decimals exact', async () => {
    const table: TablePlan = {
      ...FLAT,
      name: 'notes',
      path: '/notes',
      format: 'json',
      partitionBy: ['dt'],
      columns: [
        { name: 'id', type: 'string' },
        { name: 'price', type: 'decimal(38,2)' },
        { name: 'seen_at', type: 'timestamp' },
        { name: 'tags', type: 'json' },
      ],
    }
    await warehouse.ensureTable(table)
    expect(await rowsOf(warehouse, 'SELECT * FROM notes')).toEqual([])
    await mkdir(join(opened.lake, 'notes/dt=2026-11-22'), { recursive: true })
    await writeFile(
      join(opened.lake, `notes/dt=2026-11-22/${fileName(0, 1, 1, 'json')}`),
      '{"id":"a","price":"12345678901234567890.10","seen_at":"2026-11-22 01:02:03.5","tags":{"a":[1]},"kafka_partition":0,"kafka_offset":7}\n{"id":"b"}\n',
    )
    expect(await rowsOf(warehouse, 'SELECT * FROM notes ORDER BY id')).toEqual([
      ['a', '12345678901234567890.10', '2026-11-22T01:02:03.5Z', '{"a":[1]}', 0, 7, '2026-11-22'],
      ['b', null, null, null, null, null, '2026-11-22'],
    ])
  })

  it('counts on a file boundary while files come and are merged', async () => {
    const folder = join(opened.lake, 'data/rocks')
    const stock = join(opened.folder, 'stock')
    for (let at = 0; at < 20; at++)
      await put(
        `../stock/${fileName(at * 10, at * 10 + 9, at + 1)}`,
        Array.from({ length: 10 }, (_, row) => at * 10 + row),
      )
    await put(
      `../stock/${fileName(0, 199, 99)}`,
      Array.from({ length: 200 }, (_, row) => row),
    )
    await mkdir(folder, { recursive: true })
    const writer = async (): Promise<void> => {
      const names = (await readdir(stock)).sort(
        (a, b) => Number(a.endsWith('-99.parquet')) - Number(b.endsWith('-99.parquet')) || a.localeCompare(b),
      )
      for (const name of names) {
        await cp(join(stock, name), join(folder, `.${name}`))
        await rename(join(folder, `.${name}`), join(folder, name))
      }
      for (const name of names.slice(0, -1)) await rm(join(folder, name))
    }
    const seen: unknown[] = []
    const state = { writing: true }
    const written = writer().finally(() => (state.writing = false))
    while (state.writing) seen.push(await count())
    await written
    seen.push(await count())
    expect(
      seen.every((pair) => Array.isArray(pair) && pair[0] === pair[1] && Number(pair[0]) % 10 === 0),
      JSON.stringify(seen),
    ).toBe(true)
    expect(seen.at(-1)).toEqual([200, 200])
  })

  it.each([
    ['cut in half', (file: string, bytes: Buffer) => truncate(file, bytes.length >> 1)],
    ['cut by a byte', (file: string, bytes: Buffer) => truncate(file, bytes.length - 1)],
    ['emptied', (file: string) => truncate(file, 0)],
    [
      'damaged in a page',
      (file: string, bytes: Buffer) =>
        writeFile(
          file,
          bytes.map((byte, at) => (at > 3 && at < 60 ? byte ^ 0xff : byte)),
        ),
    ],
    [
      'damaged in its footer',
      (file: string, bytes: Buffer) =>
        writeFile(
          file,
          bytes.map((byte, at) => (at > bytes.length - 60 && at < bytes.length - 8 ? byte ^ 0xff : byte)),
        ),
    ],
    ['replaced by another format', (file: string) => writeFile(file, 'id,mass\n1,2\n3,4\n5,6\n')],
  ])('names a file that was %s', async (_, damage) => {
    for (const at of [0, 1, 3, 4]) await put(`data/rocks/${fileName(at, at)}`, [at])
    const file = await put(`data/rocks/${fileName(2, 2)}`, [2])
    await damage(file, await readFile(file))
    await expect(
      rowsOf(warehouse, 'SELECT max(id), max(mass), max(seen_at), max(kafka_offset) FROM rocks'),
    ).rejects.toMatchObject({
      code: 'STORE_DAMAGED',
      message: like(new RegExp(`/data/rocks/${fileName(2, 2)}`)),
    })
    await rm(file)
    expect(await count()).toEqual([4, 4])
  })

  it('follows no link out of the lake', async () => {
    const outside = await fileAt(opened.folder, 'outside/x.parquet', rocksSql([1]))
    await mkdir(join(opened.lake, 'data/rocks'), { recursive: true })
    await symlink(outside, join(opened.lake, 'data/rocks', fileName(1, 1)))
    expect(await count()).toEqual([0, 0])
    await expect(
      Promise.resolve()
        .then(() => warehouse.ensureTable({ ...FLAT, name: 'up', path: '/../outside' }))
        .then(() => rowsOf(warehouse, 'SELECT * FROM up')),
    ).rejects.toMatchObject({ code: 'PATH_REFUSED' })
  })
})
