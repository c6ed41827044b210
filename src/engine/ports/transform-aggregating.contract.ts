import { expect, it } from 'vitest'
import type { AggregateProgram, AggregateState } from './transform.ts'
import {
  batchOf,
  column,
  ROCKS,
  type Rock,
  rockLines,
  sliceOf,
  type TransformStand,
} from './transform-samples.contract.ts'

const PROGRAM: AggregateProgram = {
  groupBy: [column('id', 'string')],
  measures: [
    { name: 'n', function: 'count' },
    { name: 'total', function: 'sum', argument: 'hits' },
    { name: 'worth', function: 'sum', argument: 'price' },
    { name: 'mean', function: 'avg', argument: 'mass' },
    { name: 'least', function: 'min', argument: 'mass' },
    { name: 'most', function: 'max', argument: 'hits * 2' },
    { name: 'first_hits', function: 'first', argument: 'hits' },
    { name: 'last_hits', function: 'last', argument: 'hits' },
  ],
}
const COUNT: AggregateProgram = { groupBy: [], measures: [{ name: 'n', function: 'count' }] }
const at = (minute: number): string => new Date(Date.UTC(2026, 10, 22, 1, minute)).toISOString()

export function aggregatingContract(stand: TransformStand): void {
  async function add(
    state: AggregateState,
    rocks: readonly Rock[],
    first: { readonly firstOffset?: number; readonly partition?: number } = {},
  ): Promise<number> {
    const slice = await sliceOf(stand.transform, ROCKS, batchOf(rockLines(rocks), first))
    const { late } = await state.add(slice)
    await slice.parsed.release()
    return late
  }

  async function results(
    program: AggregateProgram,
    states: readonly AggregateState[],
  ): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const files = await Promise.all(states.map((state) => state.save()))
    const merged = await stand.transform.merge(
      program,
      files.map(({ localFile }) => localFile),
      'parquet',
    )
    const { rows } = await stand.readParquet(merged.localFile)
    expect(rows).toHaveLength(merged.rows)
    return rows
  }

  const rocks = [
    { id: 'a', mass: 1, hits: 5, price: '0.10', seen_at: at(3) },
    { id: 'b', seen_at: at(0) },
    { id: 'a', mass: 2, hits: 7, price: '0.20', seen_at: at(1) },
    { id: 'a', hits: null, seen_at: at(9) },
    { id: 'a', mass: 6, hits: 1, price: '0.30', seen_at: at(2) },
  ]
  const a = {
    id: 'a',
    n: '4',
    total: '13',
    worth: '0.60',
    mean: 3,
    least: 1,
    most: '14',
    first_hits: '7',
    last_hits: '5',
  }
  const b = {
    id: 'b',
    n: '1',
    total: null,
    worth: null,
    mean: null,
    least: null,
    most: null,
    first_hits: null,
    last_hits: null,
  }

  it('counts, sums, averages, and finds the least, most, first and last by the record’s time', async () => {
    await using state = await stand.transform.aggregate(PROGRAM)
    await add(state, rocks)
    expect(await results(PROGRAM, [state])).toEqual([a, b])
  })

  it('gives the same however the records are batched, saved, loaded and spread over partitions', async () => {
    await using before = await stand.transform.aggregate(PROGRAM)
    await add(before, rocks.slice(0, 1))
    await add(before, rocks.slice(1, 3), { firstOffset: 1 })
    const { localFile } = await before.save()
    await using after = await stand.transform.aggregate(PROGRAM, localFile)
    await add(after, rocks.slice(3, 4), { firstOffset: 3 })
    await using other = await stand.transform.aggregate(PROGRAM)
    await add(other, rocks.slice(4), { partition: 1 })
    expect(await results(PROGRAM, [after, other])).toEqual([a, b])
  })

  it('groups by tumbling windows', async () => {
    const program = {
      ...PROGRAM,
      measures: PROGRAM.measures.slice(0, 1),
      window: { everyMs: 120_000, time: 'seen_at' },
    }
    await using state = await stand.transform.aggregate(program)
    await add(state, rocks)
    expect(
      (await results(program, [state])).map(
        ({ id, window_start: start, n }) => `${String(id)} ${String(start)} ${String(n)}`,
      ),
    ).toEqual([
      'a 2026-11-22 01:00:00 1',
      'a 2026-11-22 01:02:00 2',
      'a 2026-11-22 01:08:00 1',
      'b 2026-11-22 01:00:00 1',
    ])
  })

  it('judges lateness record by record, the same in any batches', async () => {
    const program: AggregateProgram = { ...COUNT, window: { everyMs: 60_000, time: 'seen_at', keepMs: 120_000 } }
    const minutes = [10, 8, 7, 12, 10, 9, 12, 30, 11, 28, 27]
    const records = minutes.map((minute) => ({ id: 'r', seen_at: at(minute) }))
    for (const size of [1, 2, 3, 11]) {
      let state = await stand.transform.aggregate(program)
      let late = 0
      for (let from = 0; from < records.length; from += size) {
        late += await add(state, records.slice(from, from + size), { firstOffset: from })
        const { localFile } = await state.save()
        await state[Symbol.asyncDispose]()
        state = await stand.transform.aggregate(program, localFile)
      }
      expect(late, `batches of ${size}`).toBe(4)
      const counts = (await results(program, [state])).map(({ n }) => Number(n))
      expect(counts.reduce((sum, n) => sum + n, 0)).toBe(7)
      await state[Symbol.asyncDispose]()
    }
  })

  it('saves and merges a state that has seen nothing', async () => {
    await using empty = await stand.transform.aggregate(PROGRAM)
    await using full = await stand.transform.aggregate(PROGRAM)
    await add(full, rocks)
    const { rows } = await empty.save()
    expect(rows).toBe(0)
    expect(await results(PROGRAM, [empty, full])).toEqual([a, b])
    expect(await results(PROGRAM, [empty])).toEqual([])
  })

  it('takes a record for which a measure fails as having none', async () => {
    const program: AggregateProgram = {
      groupBy: [],
      measures: [
        { name: 'n', function: 'count' },
        { name: 'most', function: 'max', argument: 'hits + 1' },
      ],
    }
    await using state = await stand.transform.aggregate(program)
    await add(state, [
      { id: 'a', hits: '9223372036854775807' },
      { id: 'a', hits: 1 },
    ])
    expect(await results(program, [state])).toEqual([{ n: '2', most: '2' }])
  })

  it('stays small: many batches of few groups, and many groups', async () => {
    const program = { ...PROGRAM, measures: PROGRAM.measures.slice(0, 2) }
    await using state = await stand.transform.aggregate(program)
    for (let batch = 0; batch < 8; batch++) {
      await add(
        state,
        Array.from({ length: 3_000 }, (_, index) => ({ id: `r${index}`, hits: batch })),
        { firstOffset: batch * 3_000 },
      )
    }
    const saved = await state.save()
    expect(saved.rows).toBe(3_000)
    const rows = await results(program, [state])
    expect(rows.every(({ n, total }) => n === '8' && total === '28')).toBe(true)
  })

  it('refuses a state that another program saved', async () => {
    await using state = await stand.transform.aggregate(COUNT)
    await add(state, rocks)
    const { localFile } = await state.save()
    await expect(stand.transform.aggregate(PROGRAM, localFile)).rejects.toMatchObject({ code: 'SCHEMA_CHANGED' })
  })
}
