import { expect, it } from 'vitest'
import { Pace } from './pace.ts'

/** Gives what is due at each tick; how much in all by then. */
function run(pace: Pace, times: readonly number[]): number[] {
  let given = 0
  return times.map((now) => {
    const due = pace.due(now)
    pace.give(due)
    return (given += due)
  })
}

const every = (step: number, end: number) => Array.from({ length: end / step }, (_, tick) => (tick + 1) * step)

it('has given rate × time records at any time, however often it is asked', () => {
  for (const rate of [0.5, 1, 3, 20, 1_000, 33_333]) {
    for (const step of [7, 100, 1_000]) {
      const times = every(step, 6_000)
      const given = run(new Pace(rate, 0), times)
      times.forEach((now, tick) => {
        expect(given[tick]).toBeLessThanOrEqual((now / 1000) * rate + 1.001)
        expect(given[tick]).toBeGreaterThan((now / 1000) * rate - rate / 20 - 1.001)
      })
    }
  }
})

it('gives the first record at once, and says when the next is due', () => {
  const pace = new Pace(4, 1_000)
  expect(pace.due(1_000)).toBe(1)
  pace.give(1)
  expect(pace.dueAt).toBe(1_250)
  expect(pace.due(1_249)).toBe(0)
  expect(pace.due(1_250)).toBe(1)
})

it('has everything due without a rate', () => {
  expect(new Pace(0, 5).due(5)).toBe(Infinity)
})

it('wakes at most twenty times a second at a high rate', () => {
  const pace = new Pace(10_000, 0)
  let wakes = 0
  for (let now = pace.dueAt; now <= 1_000; now = pace.dueAt) {
    pace.give(pace.due(now))
    wakes++
  }
  expect(wakes).toBe(20)
})

it('catches up a short stall, and forgives a long one', () => {
  expect(run(new Pace(10, 0), [0, 5_000])).toEqual([1, 51])
  expect(run(new Pace(10, 0), [0, 3_600_000, 3_600_100])).toEqual([1, 2, 3])
})
