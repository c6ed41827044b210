import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Records } from './batch.ts'
import { partitionOf } from './murmur2.ts'
import { routeRecords } from './route-records.ts'

describe('routeRecords', () => {
  it('puts every record into the partition of its key, once, in order, with all that belongs to it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.option(fc.string())),
        fc.integer({ min: 1, max: 9 }),
        fc.nat(),
        (keys, partitions, turn) => {
          const routed = routeRecords(numbered(keys), partitions, turn)
          const seen = routed.flatMap(({ partition, records }) =>
            described(records).map((record) => ({ partition, record })),
          )
          const expected = keys.map((key, index) => ({
            partition: key === null ? turn % partitions : partitionOf(key, partitions),
            record: {
              key,
              line: index % 3 ? String(index) : '',
              exact: exactOf(index),
              timestamp: index + 0.5,
              origin: index * 7,
            },
          }))
          expect(seen).toEqual(expected.sort((a, b) => a.partition - b.partition))
        },
      ),
    )
  })

  it('gives records that all go one way back uncopied', () => {
    const records = numbered(['same', 'same', 'same'])
    expect(routeRecords(records, 5, 0)).toEqual([{ partition: partitionOf('same', 5), records }])
    expect(routeRecords(records, 5, 0)[0]?.records).toBe(records)
    expect(routeRecords(records, 1, 3)[0]).toEqual({ partition: 0, records })
  })

  it('keeps records without any key together, and moves on with the turn', () => {
    const { keys: _, ...keyless } = numbered([null, null])
    expect([0, 1, 2, 3].map((turn) => routeRecords(keyless, 3, turn).map((routed) => routed.partition))).toEqual([
      [0],
      [1],
      [2],
      [0],
    ])
  })

  it('routes nothing nowhere', () => {
    expect(routeRecords(numbered([]), 3, 0)).toEqual([])
  })
})

// Every third record has an exact value, every ninth is a tombstone.
function exactOf(index: number): Uint8Array | null | undefined {
  if (index % 9 === 0) return null
  return index % 3 === 0 ? Uint8Array.of(index, 10, 255) : undefined
}

function numbered(keys: readonly (string | null)[]): Records {
  const indexes = keys.map((_, index) => index)
  return {
    count: keys.length,
    keys,
    ndjson: new TextEncoder().encode(indexes.map((index) => (index % 3 ? String(index) : '')).join('\n')),
    timestamps: Float64Array.from(indexes, (index) => index + 0.5),
    exact: new Map(
      indexes.flatMap((index) => {
        const bytes = exactOf(index)
        return bytes === undefined ? [] : [[index, bytes] as const]
      }),
    ),
    origin: { topic: 'source', partition: 2, offsets: Float64Array.from(indexes, (index) => index * 7) },
  }
}

function described(records: Records): object[] {
  const lines = new TextDecoder().decode(records.ndjson).split('\n')
  return lines.map((line, index) => ({
    key: records.keys?.[index] ?? null,
    line,
    exact: records.exact?.get(index),
    timestamp: records.timestamps?.[index],
    origin: records.origin?.offsets[index],
  }))
}
