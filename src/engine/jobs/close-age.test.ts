import { expect, it } from 'vitest'
import { closeAge } from './close-age.ts'

const HOUR = 3_600_000

it('grows with the files of the hour, and starts anew with the next', () => {
  const age = closeAge(2_000)
  const ages = [0, 199, 1, 200, 200].map((files) => {
    age.filed(files, HOUR)
    return age.ageMs(HOUR)
  })
  expect(ages).toEqual([2_000, 2_000, 10_000, 30_000, 60_000])
  expect(age.ageMs(2 * HOUR)).toBe(2_000)
})

it('never falls below where it starts, and a fixed age never grows', () => {
  const [slow, fixed] = [closeAge(15_000), closeAge(2_000, 500)]
  slow.filed(200, 0)
  fixed.filed(700, 0)
  expect([slow.ageMs(0), fixed.ageMs(0)]).toEqual([15_000, 500])
})

it('lets the very first batch close early', () => {
  const age = closeAge(2_000)
  expect(age.ageMs(0)).toBe(250)
  age.filed(1, 0)
  expect(age.ageMs(0)).toBe(2_000)
})
