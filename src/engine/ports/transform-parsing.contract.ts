import { expect, it } from 'vitest'
import type { Column, Reject, TopicShape } from '#engine/core/columns.ts'
import type { Batch } from '#engine/core/batch.ts'
import {
  batchOf,
  column,
  objectsOf,
  ROCKS,
  rockLines,
  sliceOf,
  type TransformStand,
} from './transform-samples.contract.ts'

export function parsingContract(stand: TransformStand): void {
  async function rejectsOf(
    columns: readonly Column[],
    lines: readonly string[],
    other: Partial<Batch> = {},
  ): Promise<readonly Reject[]> {
    const parsed = await stand.transform.parse({ topic: 't', columns }, batchOf(lines, other))
    await parsed.release()
    return parsed.rejects
  }

  async function rowsOf(
    shape: TopicShape,
    batch: Batch,
    from = batch.firstOffset,
  ): Promise<readonly (readonly [number, unknown])[]> {
    const { parsed } = await sliceOf(stand.transform, shape, batch)
    const { ndjson, offsets } = await stand.transform.rows(shape.columns, { parsed, from })
    await parsed.release()
    return objectsOf(ndjson).map((row, at) => [offsets[at] ?? -1, row])
  }

  it('takes a record as its columns say, in their order', async () => {
    const line =
      '{"tags":[1,"a"],"id":"a","mass":"1.5","hits":" 7 ","price":"1.1","alive":"yes","seen_at":"2026-11-22T01:02:03+01:00","found":"2026-11-22","extra":1}'
    expect(await rowsOf(ROCKS, batchOf([line]))).toEqual([
      [
        0,
        {
          id: 'a',
          mass: 1.5,
          hits: 7,
          price: '1.10',
          alive: true,
          seen_at: '2026-11-22T00:02:03Z',
          found: '2026-11-22',
          tags: [1, 'a'],
        },
      ],
    ])
  })

  it('takes absent and null as null', async () => {
    const shape = { topic: 't', columns: [column('a', 'double'), column('b', 'int'), column('c', 'string')] }
    const nulls = { a: null, b: null, c: null }
    expect(await rowsOf(shape, batchOf(['{}', '{"a":null}', '{"other":1}', '{"b":null,"c":null}']))).toEqual(
      [0, 1, 2, 3].map((offset) => [offset, nulls]),
    )
  })

  it('refuses what is not one JSON object, and nothing beside it', async () => {
    const bad = [
      '',
      'null',
      '[]',
      '[{"id":"a"}]',
      '1',
      '"x"',
      'true',
      'NaN',
      '{',
      '{"id":',
      '{"id":"a"}x',
      '{"id":"a"}{"id":"b"}',
      "{'id':'a'}",
      '{id:"a"}',
      '{"id":"a",}',
      '{"id":"a","x":NaN}',
      '{"id":"a\tb"}',
      '\ufeff{"id":"a"}',
      '{"id":"\\ud800"}',
      '{"id":"a"}//',
    ]
    const lines = bad.flatMap((line) => [line, '{"id":"good"}'])
    const rejects = await rejectsOf([column('id', 'string')], lines)
    expect(rejects.map(({ offset }) => lines[offset])).toEqual(bad)
    expect(new Set(rejects.map(({ field, reason }) => `${field}: ${reason}`))).toEqual(
      new Set([': this is not one JSON object']),
    )
  })

  it('refuses each of these also where it is the whole batch', async () => {
    for (const line of ['', 'null', '[]', '{', '{"id":"a",}']) {
      expect(await rejectsOf([column('id', 'string')], [line]), line).toHaveLength(1)
    }
  })

  it('says of what is no text what it is', async () => {
    const exact = new Map<number, Uint8Array | null>([
      [0, null],
      [1, Uint8Array.of(0xff, 0xfe)],
      [2, new TextEncoder().encode('no\nJSON')],
    ])
    const rejects = await rejectsOf([column('id', 'string')], ['', '', '', '{"id":"a"}'], { exact })
    expect(rejects.map(({ reason }) => reason)).toEqual([
      'this has no value (a tombstone)',
      'this is not UTF-8 text',
      'this is not one JSON object',
    ])
  })

  it('survives bytes that are not UTF-8 among the lines', async () => {
    const ndjson = Buffer.concat([Buffer.from('{"id":"a"}\n{"id":"'), Buffer.of(0xff), Buffer.from('"}\n{"id":"é"}')])
    const rejects = await rejectsOf([column('id', 'string')], ['', '', ''], { ndjson })
    expect(rejects.map(({ offset }) => offset)).toEqual([1])
  })

  it('names the column and the value of a record that it refuses', async () => {
    const columns = [
      column('id', 'string', { required: true }),
      column('age', 'int', { min: 0, max: 120 }),
      column('size', 'string', { values: ['S', 'M'] }),
      column('code', 'string', { min: 2, max: 3 }),
      column('born', 'date', { min: '1900-01-01' }),
      column('share', 'double', { max: 1 }),
    ]
    const lines = [
      '{"age":1}',
      '{"id":"a","age":"abc"}',
      '{"id":"a","age":130}',
      '{"id":"a","age":" -1 "}',
      '{"id":"a","size":"XL"}',
      '{"id":"a","code":"x"}',
      '{"id":"a","code":"abcd"}',
      '{"id":"a","born":"1899-12-31"}',
      '{"id":"a","share":1.5}',
      '{"id":"a","age":120,"size":"M","code":"ab","born":"1900-01-01","share":1}',
    ]
    expect(
      (await rejectsOf(columns, lines)).map(({ offset, field, reason }) => `${offset} ${field} ${reason}`),
    ).toEqual([
      '0 id is missing but required',
      '1 age "abc" is not an int',
      '2 age 130 is above the maximum 120',
      '3 age -1 is below the minimum 0',
      '4 size "XL" is not one of "S", "M"',
      '5 code the length of "x" is below the minimum 2',
      '6 code the length of "abcd" is above the maximum 3',
      '7 born 1899-12-31 is below the minimum 1900-01-01',
      '8 share 1.5 is above the maximum 1',
    ])
  })

  it('cuts a long value in the reason', async () => {
    const [reject] = await rejectsOf([column('n', 'int')], [JSON.stringify({ n: '😀'.repeat(1000) })])
    expect(reject?.reason).toBe(`"${'😀'.repeat(80)}…" is not an int`)
  })

  it('gives the same rejects for the same bytes, however they are batched', async () => {
    const lines = Array.from(
      { length: 300 },
      (_, at) => ['{"n":1}', '{"n":true}', '{', '{"n":"x"}', '{"n":"+1"}', '{"n":null}', '[]'][(at * 31) % 7] ?? '',
    )
    const columns = [column('n', 'double')]
    const whole = await rejectsOf(columns, lines)
    const parts = await Promise.all(
      [0, 77, 200].map((first, at, all) => rejectsOf(columns, lines.slice(first, all[at + 1]), { firstOffset: first })),
    )
    expect(parts.flat()).toEqual(whole)
    expect(whole.length).toBeGreaterThan(100)
  })

  it('keeps the record at its index over many thousands, rejects between them', async () => {
    const lines = Array.from({ length: 30_000 }, (_, at) => (at % 1000 === 7 ? '{' : `{"hits":${at},"id":"r"}`))
    const rows = await rowsOf(ROCKS, batchOf(lines, { firstOffset: 5_000 }))
    expect(rows).toHaveLength(30_000 - 30)
    expect(
      rows.every(
        ([offset, row]) => typeof row === 'object' && row !== null && 'hits' in row && row.hits === offset - 5_000,
      ),
    ).toBe(true)
  })

  it('gives the offsets of a batch with gaps', async () => {
    const offsets = Float64Array.of(3, 10, 11, 9_007_199_254_740_991)
    const batch = batchOf(rockLines([{ id: 'a' }, { id: null }, { id: 'c' }, { id: 'd' }]), {
      firstOffset: 3,
      offsets,
      nextOffset: 9_007_199_254_740_992,
    })
    const { parsed } = await sliceOf(stand.transform, ROCKS, batch)
    expect(parsed.rejects).toEqual([{ offset: 10, field: 'id', reason: 'is missing but required' }])
    const { offsets: given } = await stand.transform.rows(ROCKS.columns, { parsed, from: 4 })
    expect([...given]).toEqual([11, 9_007_199_254_740_991])
    await parsed.release()
  })

  it('takes the first of duplicate keys, and no prototype for one', async () => {
    const shape = { topic: 't', columns: [column('a', 'int'), column('toString', 'string')] }
    expect(await rowsOf(shape, batchOf(['{"a":1,"a":2}', '{"__proto__":{"a":5}}', '{"\\u0061":3}']))).toEqual([
      [0, { a: 1, toString: null }],
      [1, { a: null, toString: null }],
      [2, { a: 3, toString: null }],
    ])
  })

  it.each([
    'a',
    'select',
    'rowid',
    'i',
    'l',
    's',
    'e',
    'r0',
    'v0',
    'x',
    'a b',
    'a"b',
    "a'b",
    'a.b',
    'a/b',
    'a~b',
    'a\\b',
    '$',
    '*',
    '__proto__',
    'é😀',
  ])('takes a column of the name %j', async (name) => {
    const shape = { topic: 't', columns: [column(name, 'double'), column('other', 'int')] }
    const line = (value: string): string => `{${JSON.stringify(name)}:${value},"other":1}`
    const { parsed } = await sliceOf(
      stand.transform,
      shape,
      batchOf([line('1.5'), line('" 2 "'), line('"x"'), line('null'), line('true')]),
    )
    const { ndjson } = await stand.transform.rows(shape.columns, { parsed, from: 0 })
    expect(parsed.rejects.map(({ offset, field }) => [offset, field])).toEqual([
      [2, name],
      [4, name],
    ])
    expect(objectsOf(ndjson).map((row) => new Map<string, unknown>(Object.entries(row)).get(name))).toEqual([
      1.5,
      2,
      null,
    ])
    await parsed.release()
  })

  it('survives a deep, a long and a wide record', async () => {
    const deep = `{"id":${'['.repeat(12_000)}${']'.repeat(12_000)}}`
    const long = JSON.stringify({ id: 'x'.repeat(5_000_000) })
    const wide = `{${Array.from({ length: 20_000 }, (_, at) => `"k${at}":1`).join(',')},"id":"w"}`
    const rows = await rowsOf({ topic: 't', columns: [column('id', 'string')] }, batchOf([deep, long, wide]))
    expect(rows).toHaveLength(3)
  })

  it('lets a batch go with the last who holds it', async () => {
    const { parsed } = await sliceOf(stand.transform, ROCKS, batchOf(rockLines([{ id: 'a' }])))
    parsed.retain()
    await parsed.release()
    expect((await stand.transform.rows(ROCKS.columns, { parsed, from: 0 })).offsets).toHaveLength(1)
    await parsed.release()
    await expect(parsed.release()).rejects.toThrow('once too often')
  })

  it('takes batches of several topics at once', async () => {
    const counts = Array.from({ length: 12 }, (_, at) => at + 1)
    const sizes = await Promise.all(
      counts.map(async (count) => {
        const shape = { topic: `t${count % 3}`, columns: [column(`c${count % 3}`, 'int')] }
        const batch = batchOf(Array.from({ length: count }, (_, at) => `{"c${count % 3}":${at}}`))
        return (await rowsOf(shape, batch)).length
      }),
    )
    expect(sizes).toEqual(counts)
  })
}
