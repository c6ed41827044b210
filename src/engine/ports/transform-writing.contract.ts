import { readFile, stat } from 'node:fs/promises'
import { expect, it } from 'vitest'
import type { Batch } from '#engine/core/batch.ts'
import type { FileProgram } from './transform.ts'
import {
  batchOf,
  BROKER_TIME,
  column,
  ROCKS,
  type Rock,
  rockLines,
  sliceOf,
  type TransformStand,
} from './transform-samples.contract.ts'

const PROGRAM: FileProgram = { columns: ROCKS.columns, format: 'parquet', partitionBy: ['dt', 'hour'] }
const HOUR = 3_600_000

export function writingContract(stand: TransformStand): void {
  const slice = (rocks: readonly Rock[], other: Partial<Batch> = {}) =>
    sliceOf(stand.transform, ROCKS, batchOf(rockLines(rocks), other))

  it('files records by the hour of their own time, in UTC', async () => {
    const times = [
      '2026-11-22T00:59:59.999999Z',
      '2026-11-22T01:00:00Z',
      '2026-11-22T01:30:00+01:00',
      '2026-11-21T23:30:00-01:00',
    ]
    const taken = await slice(times.map((seen_at, at) => ({ id: `r${at}`, seen_at })))
    const files = await stand.transform.write(PROGRAM, [taken])
    expect(await stand.transform.folders(PROGRAM, [taken])).toBe(2)
    expect(files.map(({ folder, rows }) => [folder, rows])).toEqual([
      ['dt=2026-11-22/hour=00', 3],
      ['dt=2026-11-22/hour=01', 1],
    ])
    const [first] = files
    expect((await stand.readParquet(first?.localFile ?? '')).rows.map(({ id }) => id)).toEqual(['r0', 'r2', 'r3'])
    await taken.parsed.release()
  })

  it('files by the broker’s time what has no time of its own between 1970 and 2100', async () => {
    const odd = [
      null,
      '1969-12-31T23:59:59Z',
      '2101-01-01T00:00:00Z',
      '0001-01-01',
      '2100-12-31T23:59:59Z',
      '1970-01-01',
    ]
    const taken = await slice(odd.map((seen_at) => ({ id: 'r', seen_at })))
    const files = await stand.transform.write(PROGRAM, [taken])
    expect(files.map(({ folder, rows }) => [folder, rows])).toEqual([
      ['dt=1970-01-01/hour=00', 1],
      ['dt=2026-11-22/hour=01', 4],
      ['dt=2100-12-31/hour=23', 1],
    ])
    await taken.parsed.release()
  })

  it('files by each record’s own broker time where these differ', async () => {
    const timestamps = Float64Array.of(BROKER_TIME, BROKER_TIME + HOUR, BROKER_TIME + 24 * HOUR)
    const taken = await slice([{ id: 'a' }, { id: 'b' }, { id: 'c' }], { timestamps })
    const files = await stand.transform.write({ ...PROGRAM, partitionBy: ['dt'] }, [taken])
    expect(files.map(({ folder, rows }) => [folder, rows])).toEqual([
      ['dt=2026-11-22', 2],
      ['dt=2026-11-23', 1],
    ])
    await taken.parsed.release()
  })

  it('writes one file without partitions, several slices in the order of their offsets', async () => {
    const first = await slice([{ id: 'a' }, { id: 'b' }, {}, { id: 'd' }], { firstOffset: 10, partition: 3 })
    const second = await slice([{ id: 'e' }, { id: 'f' }], { firstOffset: 14, partition: 3 })
    const [file, ...others] = await stand.transform.write({ ...PROGRAM, partitionBy: [] }, [
      { ...first, from: 11 },
      second,
    ])
    expect(others).toEqual([])
    expect(file).toMatchObject({ folder: '', rows: 4, bytes: (await stat(file?.localFile ?? '')).size })
    const { rows } = await stand.readParquet(file?.localFile ?? '')
    expect(
      rows.map(({ id, kafka_partition: p, kafka_offset: o }) => `${String(id)} ${String(p)} ${String(o)}`),
    ).toEqual(['b 3 11', 'd 3 13', 'e 3 14', 'f 3 15'])
    await first.parsed.release()
    await second.parsed.release()
  })

  it('writes the columns in order, the technical ones last, in types that Hive reads', async () => {
    const columns = [...ROCKS.columns, column('never', 'int')]
    const rock = {
      id: 'a',
      mass: 1.5,
      hits: 7,
      price: '1.10',
      alive: true,
      seen_at: '2026-11-22T01:02:03.5Z',
      found: '2026-11-22',
      tags: { a: [1] },
    }
    const taken = await slice([rock])
    const [file] = await stand.transform.write({ ...PROGRAM, columns, partitionBy: [] }, [taken])
    const { types, rows } = await stand.readParquet(file?.localFile ?? '')
    expect(types).toEqual([
      'id VARCHAR',
      'mass DOUBLE',
      'hits BIGINT',
      'price DECIMAL(10,2)',
      'alive BOOLEAN',
      'seen_at TIMESTAMP',
      'found DATE',
      'tags VARCHAR',
      'never INTEGER',
      'kafka_partition INTEGER',
      'kafka_offset BIGINT',
    ])
    expect(rows).toEqual([
      {
        ...rock,
        hits: '7',
        seen_at: '2026-11-22 01:02:03.5',
        tags: '{"a":[1]}',
        never: null,
        kafka_partition: 0,
        kafka_offset: '0',
      },
    ])
    await taken.parsed.release()
  })

  it('writes JSON as lines, decimals as text', async () => {
    const taken = await slice([{ id: 'a"b\n', price: '1.1', tags: [1], seen_at: '2026-11-22T01:02:03Z' }, { id: 'é' }])
    const [file] = await stand.transform.write({ ...PROGRAM, format: 'json', partitionBy: ['dt'] }, [taken])
    const lines = (await readFile(file?.localFile ?? '', 'utf8'))
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line))
    expect(lines).toMatchObject([
      { id: 'a"b\n', price: '1.10', tags: [1], seen_at: '2026-11-22 01:02:03', kafka_partition: 0, kafka_offset: 0 },
      { id: 'é', kafka_offset: 1 },
    ])
    await taken.parsed.release()
  })

  it('gives a gappy batch its own offsets', async () => {
    const taken = await slice([{ id: 'a' }, { id: 'b' }], {
      offsets: Float64Array.of(4, 9),
      firstOffset: 4,
      nextOffset: 12,
    })
    const [file] = await stand.transform.write({ ...PROGRAM, partitionBy: [] }, [taken])
    expect((await stand.readParquet(file?.localFile ?? '')).rows.map(({ kafka_offset: offset }) => offset)).toEqual([
      '4',
      '9',
    ])
    await taken.parsed.release()
  })

  it('writes no file where there is no record', async () => {
    const taken = await slice([{}, { mass: 1 }])
    expect(await stand.transform.write(PROGRAM, [taken])).toEqual([])
    expect(await stand.transform.folders(PROGRAM, [taken])).toBe(0)
    expect(await stand.transform.write(PROGRAM, [])).toEqual([])
    await taken.parsed.release()
  })
}
