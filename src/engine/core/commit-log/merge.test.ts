import { expect, it } from 'vitest'
import { dataFileName } from './data-file-name.ts'
import { mergePlan } from './merge.ts'
import type { StandingFile } from './rebuild.ts'

const OPEN = 'dt=2026-11-22/hour=05'
const ENDED = 'dt=2026-11-22/hour=04'

function file(folder: string, first: number, bytes = 1000): StandingFile {
  const name = { topic: 't', partition: 0, first, last: first + 9, n: first, format: 'parquet' as const }
  return { ...name, bytes, path: `${folder}/${dataFileName(name)}` }
}

const hour = (folder: string, count: number) => Array.from({ length: count }, (_, i) => file(folder, i * 100))

it('merges the files of an ended hour into one from the first of the first to the last of the last', () => {
  const files = hour(ENDED, 6)
  expect(mergePlan(files.toReversed(), OPEN)).toEqual([{ folder: ENDED, first: 0, last: 509, files }])
})

it('leaves the open hour and later ones as they are', () => {
  expect(mergePlan([...hour(OPEN, 6), ...hour('dt=2026-11-23/hour=00', 6)], OPEN)).toEqual([])
})

it('leaves few files as they are, so that a late record does not rewrite a merged file', () => {
  expect(mergePlan(hour(ENDED, 3), OPEN)).toEqual([])
})

it('never merges over a large file that stays between, whose records would be covered', () => {
  const [large, files] = [file(ENDED, 300, 100 * 1024 * 1024), hour(ENDED, 9).filter(({ first }) => first !== 300)]
  const plans = mergePlan([...files, large], OPEN)
  expect(plans.map(({ first, last }) => [first, last])).toEqual([[400, 809]])
})

it('leaves a folder in which a merge is not finished', () => {
  const files = hour(ENDED, 6)
  expect(mergePlan([...files, { ...file(ENDED, 0), last: 509, n: 999 }], OPEN)).toEqual([])
})

it('keeps merged files to about twice the size from which files stay', () => {
  const files = Array.from({ length: 40 }, (_, i) => file(ENDED, i * 10, 10))
  const plans = mergePlan(files, OPEN, { smallerThan: 50, atLeast: 2 })
  expect(plans.flatMap((plan) => plan.files)).toEqual(files)
  expect(Math.max(...plans.map((plan) => plan.files.length))).toBeLessThanOrEqual(10)
})
