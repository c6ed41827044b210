import { expect, it } from 'vitest'
import type { Batch } from './batch.ts'
import { indexOf, lineStarts, offsetOf, pickLines } from './batch-lines.ts'

function batchOf(lines: readonly string[], other: Partial<Batch> = {}): Batch {
  return {
    topic: 't',
    partition: 0,
    firstOffset: 10,
    nextOffset: 10 + lines.length,
    count: lines.length,
    timestamps: new Float64Array(lines.length),
    keys: lines.map(() => null),
    ndjson: new TextEncoder().encode(lines.join('\n')),
    ...other,
  }
}

const LINES = ['a', '', 'ccc', 'é', '', 'f']
const pick = (...indexes: readonly number[]): string => {
  const batch = batchOf(LINES)
  return new TextDecoder().decode(pickLines(batch.ndjson, lineStarts(batch), Uint32Array.from(indexes)))
}

it('picks lines as they are, in order, empty ones too', () => {
  expect(pick(0)).toBe('a')
  expect(pick(1)).toBe('')
  expect(pick(0, 1)).toBe('a\n')
  expect(pick(1, 4)).toBe('\n')
  expect(pick(2, 3, 5)).toBe('ccc\né\nf')
  expect(pick(4, 5)).toBe('\nf')
  expect(pick()).toBe('')
  expect(pick(0, 1, 2, 3, 4, 5)).toBe(LINES.join('\n'))
})

it('knows one empty line', () => {
  expect([...lineStarts(batchOf(['']))]).toEqual([0, 1])
})

it('goes from index to offset and back, with and without gaps', () => {
  const dense = batchOf(LINES)
  expect([0, 5].map((index) => offsetOf(dense, index))).toEqual([10, 15])
  expect([0, 10, 12, 15, 16, 99].map((offset) => indexOf(dense, offset))).toEqual([0, 0, 2, 5, 6, 6])
  const gappy = batchOf(['a', 'b', 'c'], { offsets: Float64Array.of(10, 14, 15), nextOffset: 20 })
  expect([0, 1, 2].map((index) => offsetOf(gappy, index))).toEqual([10, 14, 15])
  expect([0, 11, 14, 16].map((offset) => indexOf(gappy, offset))).toEqual([0, 1, 1, 3])
})
