import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { dataFileName } from './commit-log/data-file-name.ts'
import { decideVisible } from './visible-files.ts'

type Origin = readonly [topic: string, partition: number]

const name = (range: readonly [number, number], n: number, [topic, partition]: Origin = ['a', 0]) =>
  dataFileName({ topic, partition, first: range[0], last: range[1], n, format: 'parquet' })

it('shows every file of a folder in which nothing was merged', () => {
  const names = [name([0, 9], 2), name([10, 19], 3), name([20, 20], 4)]
  expect(decideVisible(names)).toEqual(names)
})

it('passes over the files that a merged one replaces, until they are gone', () => {
  const merged = name([0, 29], 9)
  expect(decideVisible([name([0, 9], 2), name([10, 19], 3), merged, name([20, 29], 4), name([30, 39], 5)])).toEqual([
    merged,
    name([30, 39], 5),
  ])
})

it('shows a later file beside an older one with a wider range', () => {
  expect(decideVisible([name([0, 29], 9), name([10, 19], 12)])).toHaveLength(2)
})

it('never lets files of other partitions or topics cover each other', () => {
  const names = [name([0, 9], 2), name([0, 99], 9, ['a', 1]), name([0, 99], 9, ['a-0', 0]), name([0, 99], 9, ['b', 0])]
  expect(decideVisible(names)).toEqual(names)
})

it('hides names that start with a dot or an underscore, and shows foreign files', () => {
  expect(decideVisible(['_SUCCESS', '.tmp', 'part-0.parquet', '_sluice'])).toEqual(['part-0.parquet'])
})

it('agrees with the rule said plainly, for any ranges', () => {
  const file = fc.record({ first: fc.nat(12), length: fc.nat(6), n: fc.nat(9), partition: fc.nat(1) })
  fc.assert(
    fc.property(fc.uniqueArray(file, { maxLength: 14, selector: (f) => JSON.stringify(f) }), (files) => {
      const all = files.map((f) => ({
        ...f,
        last: f.first + f.length,
        name: name([f.first, f.first + f.length], f.n, ['a', f.partition]),
      }))
      const plain = all.filter(
        (f) => !all.some((g) => g.partition === f.partition && g.n > f.n && g.first <= f.first && g.last >= f.last),
      )
      expect(decideVisible(all.map((f) => f.name))).toEqual(plain.map((f) => f.name))
    }),
  )
})

it('decides over 20,000 files in well under a second', () => {
  const names = Array.from({ length: 20_000 }, (_, i) => name([i * 10, i * 10 + 9], i))
  const start = performance.now()
  expect(decideVisible(names)).toHaveLength(20_000)
  expect(performance.now() - start).toBeLessThan(1000)
})
