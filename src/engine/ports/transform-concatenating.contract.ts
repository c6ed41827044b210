import { readFile, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import type { FileProgram } from './transform.ts'
import {
  batchOf,
  column,
  ROCKS,
  type Rock,
  rockLines,
  sliceOf,
  type TransformStand,
} from './transform-samples.contract.ts'

const PROGRAM: FileProgram = { columns: ROCKS.columns, format: 'parquet', partitionBy: [] }
const ROCK: Rock = {
  id: 'a"\n',
  mass: 0.1,
  hits: '9007199254740993',
  price: '12345678.90',
  alive: false,
  seen_at: '2026-11-22T01:02:03.000001Z',
  found: '2026-11-22',
  tags: { a: [1, 'é'] },
}

export function concatenatingContract(stand: TransformStand): void {
  async function written(rocks: readonly Rock[], firstOffset: number, program = PROGRAM): Promise<string> {
    const slice = await sliceOf(stand.transform, ROCKS, batchOf(rockLines(rocks), { firstOffset }))
    const [file] = await stand.transform.write(program, [slice])
    await slice.parsed.release()
    return file?.localFile ?? ''
  }

  it('makes one file of several, every value as it was, rows in the order of their offsets', async () => {
    const files = [
      await written([ROCK, {}, { id: 'b' }], 0),
      await written([{ ...ROCK, id: 'c' }], 9),
      await written([{ id: 'd' }], 10),
    ]
    const before = (await Promise.all(files.map((file) => stand.readParquet(file)))).map(({ rows }) => rows).flat()
    const { types } = await stand.readParquet(files[0] ?? '')
    const one = await stand.transform.concat(PROGRAM, files)
    expect(one).toEqual({
      folder: '',
      localFile: one.localFile,
      rows: 4,
      bytes: (await stat(one.localFile)).size,
    })
    expect(await stand.readParquet(one.localFile)).toEqual({ types, rows: before })
    expect(before.map(({ kafka_offset: offset }) => offset)).toEqual(['0', '2', '9', '10'])
    await Promise.all(files.map((file) => stat(file)))
  })

  it('gives null for columns that came later, or that no file has yet, and keeps the columns’ order', async () => {
    const [id = column('id', 'string'), ...more] = ROCKS.columns
    const files = [
      await written([ROCK], 0, { ...PROGRAM, columns: [id] }),
      await written([ROCK], 1, { ...PROGRAM, columns: [id, ...more] }),
    ]
    const program = { ...PROGRAM, columns: [...ROCKS.columns, column('moons', 'int')] }
    const { types, rows } = await stand.readParquet((await stand.transform.concat(program, files)).localFile)
    expect(types.map((type) => type.split(' ')[0])).toEqual([
      ...program.columns.map(({ name }) => name),
      'kafka_partition',
      'kafka_offset',
    ])
    expect(rows).toMatchObject([
      { id: ROCK.id, hits: null, tags: null, moons: null, kafka_offset: '0' },
      { id: ROCK.id, hits: ROCK.hits, price: ROCK.price, moons: null, kafka_offset: '1' },
    ])
  })

  it('puts JSON lines together byte for byte', async () => {
    const json = { ...PROGRAM, format: 'json' } as const
    const files = [await written([ROCK, { id: 'b' }], 0, json), await written([{ id: 'é' }], 2, json)]
    const { localFile, rows, bytes } = await stand.transform.concat(json, files)
    const text = (await Promise.all(files.map((file) => readFile(file, 'utf8')))).join('')
    expect(await readFile(localFile, 'utf8')).toBe(text)
    expect({ rows, bytes }).toEqual({ rows: 3, bytes: Buffer.byteLength(text) })
  })

  it('keeps the order of very many rows', async () => {
    const rocks = (from: number): Rock[] => Array.from({ length: 70_000 }, (_, at) => ({ id: 'r', hits: from + at }))
    const files = [await written(rocks(0), 0), await written(rocks(70_000), 70_000)]
    const { rows } = await stand.readParquet((await stand.transform.concat(PROGRAM, files)).localFile)
    expect(rows).toHaveLength(140_000)
    expect(rows.every(({ hits, kafka_offset: offset }, at) => Number(hits) === at && Number(offset) === at)).toBe(true)
  })

  it('fails, and leaves nothing, where a file is damaged', async () => {
    const file = await written([ROCK], 0)
    const damaged = join(dirname(file), 'damaged.parquet')
    await writeFile(damaged, (await readFile(file)).subarray(0, -9))
    await expect(stand.transform.concat(PROGRAM, [file, damaged])).rejects.toThrow(/damaged/)
  })

  it('fails where a file of JSON lines was cut: the next record would hang on to half a line', async () => {
    const json = { ...PROGRAM, format: 'json' } as const
    const files = [await written([ROCK], 0, json), await written([ROCK], 1, json)]
    await writeFile(files[0] ?? '', (await readFile(files[0] ?? '')).subarray(0, -9))
    await expect(stand.transform.concat(json, files)).rejects.toMatchObject({ code: 'STORE_DAMAGED' })
  })

  it('is CANCELLED by its signal', async () => {
    const files = [await written([ROCK], 0)]
    await expect(stand.transform.concat(PROGRAM, files, AbortSignal.abort())).rejects.toMatchObject({
      code: 'CANCELLED',
    })
  })
}
