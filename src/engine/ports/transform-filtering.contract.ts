import { expect, it } from 'vitest'
import type { FilterProgram, Filtered, Picked } from './transform.ts'
import {
  batchOf,
  column,
  objectsOf,
  ROCKS,
  rockLines,
  sliceOf,
  textOf,
  type TransformStand,
} from './transform-samples.contract.ts'

const KEEP_ALL: FilterProgram = { clauses: [], otherwise: false }
const indexesOf = ({ indexes }: Picked): readonly number[] => [...indexes]

export function filteringContract(stand: TransformStand): void {
  async function filter(
    program: FilterProgram,
    lines: readonly string[],
    from = 0,
  ): Promise<Filtered & { readonly rejected: number }> {
    const { parsed } = await sliceOf(stand.transform, ROCKS, batchOf(lines))
    try {
      return { ...(await stand.transform.filter(program, { parsed, from })), rejected: parsed.rejects.length }
    } finally {
      await parsed.release()
    }
  }

  it('keeps the original bytes of the records for which `where` is true', async () => {
    const lines = ['{ "id" : "a", "mass":2.50,  "x":[1] }', '{"id":"b","mass":1}', '{"id":"c"}', '{"id":"é","mass":3}']
    const { kept, dropped, failed } = await filter({ ...KEEP_ALL, where: 'mass > 1' }, lines)
    expect(indexesOf(kept)).toEqual([0, 3])
    expect(textOf(kept.ndjson)).toBe(`${lines[0]}\n${lines[3]}`)
    expect({ dropped, failed }).toEqual({ dropped: 2, failed: [] })
  })

  it('keeps everything without `where`, byte for byte', async () => {
    const lines = rockLines([{ id: 'a' }, { id: 'b' }])
    const { kept } = await filter(KEEP_ALL, lines)
    expect(textOf(kept.ndjson)).toBe(lines.join('\n'))
  })

  it('keeps nothing, and everything', async () => {
    const lines = rockLines([
      { id: 'a', mass: 1 },
      { id: 'b', mass: 1 },
    ])
    expect((await filter({ ...KEEP_ALL, where: 'mass > 1' }, lines)).kept.ndjson).toHaveLength(0)
    expect(indexesOf((await filter({ ...KEEP_ALL, where: 'mass >= 1' }, lines)).kept)).toEqual([0, 1])
  })

  it('counts every record from the offset on once', async () => {
    const lines = Array.from({ length: 500 }, (_, at) =>
      at % 50 === 3 ? '{' : JSON.stringify({ id: 'r', mass: at % 7, hits: at % 11 === 0 ? '9223372036854775807' : at }),
    )
    const program = { where: 'hits + 1 > 0 AND mass > 2', clauses: ['hits + 1 > 0', 'mass > 2'], otherwise: true }
    for (const from of [0, 1, 123, 499, 500]) {
      const { kept, otherwise, dropped, failed } = await filter(program, lines, from)
      const rejected = Array.from({ length: 10 }, (_, at) => at * 50 + 3).filter((offset) => offset >= from).length
      expect(kept.indexes.length + (otherwise?.indexes.length ?? 0) + dropped + failed.length + rejected).toBe(
        500 - from,
      )
      expect([...kept.indexes, ...(otherwise?.indexes ?? [])].every((index) => index >= from)).toBe(true)
    }
  })

  it('reshapes by `select`, each value in its JSON type', async () => {
    const select = [
      { name: 'name', sql: 'upper(id)' },
      { name: 'heavy', sql: 'mass * 2' },
      { name: 'big', sql: 'hits' },
      { name: 'price', sql: 'price' },
      { name: 'seen_at', sql: 'seen_at' },
      { name: 'found', sql: 'found' },
      { name: 'tags', sql: 'tags' },
      { name: 'alive', sql: 'NOT alive' },
      { name: 'nothing', sql: 'CASE WHEN mass > 100 THEN 1 END' },
    ]
    const line =
      '{"id":"a","mass":1.5,"hits":9007199254740993,"price":"12345678.90","seen_at":"2026-11-22T01:02:03.5Z","found":"2026-11-22","tags":{"k":["v"]},"alive":true}'
    const { kept } = await filter({ ...KEEP_ALL, select }, [line, '{"id":"b\\n\\"c"}'])
    expect(textOf(kept.ndjson).split('\n')[0]).toBe(
      '{"name":"A","heavy":3.0,"big":9007199254740993,"price":"12345678.90","seen_at":"2026-11-22T01:02:03.5Z","found":"2026-11-22","tags":{"k":["v"]},"alive":false,"nothing":null}',
    )
    expect(objectsOf(kept.ndjson)[1]).toMatchObject({ name: 'B\n"C', tags: null })
  })

  it('gives the rest with the first clause that was not true', async () => {
    const program = {
      where: 'mass > 1 AND hits < 5 AND alive',
      clauses: ['mass > 1', 'hits < 5', 'alive'],
      otherwise: true,
    }
    const rocks = [
      { id: 'a', mass: 2, hits: 1, alive: true },
      { id: 'b', mass: 1, hits: 9 },
      { id: 'c', mass: 2, hits: 9 },
      { id: 'd', mass: 2, hits: 1 },
    ]
    const { kept, otherwise = kept, dropped } = await filter(program, rockLines(rocks))
    expect(indexesOf(kept)).toEqual([0])
    expect(indexesOf(otherwise)).toEqual([1, 2, 3])
    expect(objectsOf(otherwise.ndjson)).toMatchObject([
      { id: 'b', mass: 1, hits: 9, reason: 'mass > 1 is false' },
      { id: 'c', reason: 'hits < 5 is false' },
      { id: 'd', alive: null, reason: 'alive is null' },
    ])
    expect(dropped).toBe(0)
  })

  it('finds the records for which the SQL itself fails, and goes on with the others', async () => {
    const rocks = Array.from({ length: 100 }, (_, at) => ({
      id: 'r',
      hits: [13, 14, 77].includes(at) ? '9223372036854775807' : at,
    }))
    const { kept, failed, dropped } = await filter(
      { ...KEEP_ALL, where: 'hits >= 10', select: [{ name: 'next', sql: 'hits + 1' }] },
      rockLines(rocks),
    )
    expect(failed.map(({ offset }) => offset)).toEqual([13, 14, 77])
    expect(failed[0]?.reason).toMatch(/overflow/i)
    expect(kept.indexes.length).toBe(87)
    expect(dropped).toBe(10)
  })

  it('divides by zero to null, and calls an infinity a failure', async () => {
    const select = [
      { name: 'a', sql: 'mass / 0' },
      { name: 'b', sql: 'mass * 1e308' },
    ]
    const { kept, failed } = await filter(
      { ...KEEP_ALL, select },
      rockLines([
        { id: 'a', mass: 1 },
        { id: 'b', mass: 100 },
      ]),
    )
    expect(objectsOf(kept.ndjson)).toEqual([{ a: null, b: 1e308 }])
    expect(failed).toEqual([{ offset: 1, field: '', reason: 'b is not a finite number' }])
  })

  it('gives columns of other topics as null', async () => {
    const columns = [...ROCKS.columns, column('moons', 'int')]
    const { kept } = await filter(
      { ...KEEP_ALL, columns, where: 'moons IS NULL', select: [{ name: 'moons', sql: 'moons' }] },
      rockLines([{ id: 'a' }]),
    )
    expect(objectsOf(kept.ndjson)).toEqual([{ moons: null }])
  })

  it.each([
    ['nope > 1', 'a column that is not there'],
    ['mass >', 'half an expression'],
    ['true); DROP TABLE x; SELECT (1', 'another statement'],
    ["id IN (SELECT content FROM read_text('/etc/hostname'))", 'a file'],
  ])('fails with SQL_FAILED for %j: %s', async (where) => {
    await expect(filter({ ...KEEP_ALL, where }, rockLines([{ id: 'a' }]))).rejects.toMatchObject({ code: 'SQL_FAILED' })
  })
}
