import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { dataFileName, parseDataFileName } from './data-file-name.ts'

const topic = fc.stringMatching(/^[a-zA-Z0-9][a-zA-Z0-9._-]{0,20}$/).filter((name) => name !== '')
const whole = fc.nat({ max: Number.MAX_SAFE_INTEGER })

it('reads back every name it writes, whatever dashes and dots the topic holds', () => {
  fc.assert(
    fc.property(fc.tuple(topic, fc.nat(999), whole), fc.tuple(whole, whole), ([name, partition, n], [a, b]) => {
      const file = { topic: name, partition, first: Math.min(a, b), last: Math.max(a, b), n, format: 'json' as const }
      expect(parseDataFileName(dataFileName(file))).toEqual(file)
    }),
  )
})

it('writes the name that the design shows', () => {
  const file = { topic: 'space_data', partition: 1, first: 0, last: 999, n: 7, format: 'parquet' as const }
  expect(dataFileName(file)).toBe('space_data-1-00000000000000000000-00000000000000000999-7.parquet')
})

it.each([
  'part-00000.parquet',
  '_SUCCESS',
  'a-0-1-2-3.parquet',
  'a-0-00000000000000000009-00000000000000000001-3.parquet',
  'a-0-00000000000000000001-00000000000000000009-3.parquet.tmp',
  'a-0-00000000000000000001-99999999999999999999-3.parquet',
  'a-00-00000000000000000001-00000000000000000009-3.parquet',
  '-0-00000000000000000001-00000000000000000009-3.parquet',
  '_a-0-00000000000000000001-00000000000000000009-3.parquet',
])('takes %s for a foreign file', (name) => {
  expect(parseDataFileName(name)).toBeUndefined()
})
