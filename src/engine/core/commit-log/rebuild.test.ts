import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { dataFileName } from './data-file-name.ts'
import { type StandingFile, planRebuild, standingFile } from './rebuild.ts'

const LOG = { path: '/data', topic: 't', partition: 0 }

function at(first: number, last: number, folder = 'dt=1'): StandingFile {
  const name = { topic: 't', partition: 0, first, last, n: 1, format: 'json' as const }
  return { ...name, bytes: 10, path: `${folder}/${dataFileName(name)}` }
}

it('takes away every file from the offset on, if none straddles it', () => {
  const files = [at(0, 9), at(10, 19), at(20, 29)]
  expect(planRebuild(10, files)).toEqual({ from: 10, removes: files.slice(1) })
})

it('moves down to a boundary that no file of any folder straddles', () => {
  const files = [at(0, 9, 'a'), at(5, 14, 'b'), at(10, 19, 'a'), at(40, 49, 'c')]
  expect(planRebuild(12, files)).toEqual({ from: 0, removes: files })
})

it('takes nothing away from an offset behind all files', () => {
  expect(planRebuild(30, [at(0, 9)])).toEqual({ from: 30, removes: [] })
})

it('never leaves a file cut, and never goes below the last boundary', () => {
  const range = fc.tuple(fc.nat(30), fc.nat(8)).map(([first, more]) => at(first, first + more))
  fc.assert(
    fc.property(fc.array(range, { maxLength: 12 }), fc.nat(40), (files, x) => {
      const { from, removes } = planRebuild(x, files)
      const sound = (cut: number) => !files.some((file) => file.first < cut && file.last >= cut)
      expect(sound(from)).toBe(true)
      expect(from).toBeLessThanOrEqual(x)
      expect(removes).toEqual(files.filter((file) => file.first >= from))
      for (let higher = from + 1; higher <= x; higher++) expect(sound(higher)).toBe(false)
    }),
  )
})

it('reads back the file that it is told of', () => {
  expect(standingFile(at(3, 4).path, 10, LOG)).toEqual(at(3, 4))
})

it('knows its own files from those of other logs and from foreign ones', () => {
  const name = (topic: string, partition: number) =>
    dataFileName({ topic, partition, first: 0, last: 1, n: 1, format: 'json' })
  expect(standingFile(name('t', 0), 1, LOG)).toBeDefined()
  expect(standingFile(name('t', 1), 1, LOG)).toBeUndefined()
  expect(standingFile(name('t-0', 0), 1, LOG)).toBeUndefined()
  expect(standingFile('dt=1/part-0.parquet', 1, LOG)).toBeUndefined()
})
