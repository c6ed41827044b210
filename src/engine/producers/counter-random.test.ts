import { expect, it } from 'vitest'
import { below, randomBits, unit } from './counter-random.ts'
import { normalQuantile } from './normal-quantile.ts'
import { sampled } from './quantile-table.ts'

const N = 100_000
const numbers = Array.from({ length: N }, (_, n) => n)

it('gives the same bits for the same seed, stream and number, in any order', () => {
  const once = randomBits(42, 'a')
  const again = randomBits(42, 'a')
  const forwards = numbers.slice(0, 100).map(once)
  expect(numbers.slice(0, 100).toReversed().map(again).toReversed()).toEqual(forwards)
})

it('gives other bits for another seed, another stream, and beyond 2^32', () => {
  const bits = randomBits(1, 'a')
  const other = [randomBits(2, 'a'), randomBits(1, 'b'), (n: number) => bits(n + 2 ** 32)]
  for (const stream of other) {
    const same = numbers.filter((n) => stream(n) === bits(n)).length
    expect(same).toBeLessThan(10)
  }
})

it('spreads evenly over 64 buckets, and no stream follows another one', () => {
  const [first, second] = [randomBits(7, 'a'), randomBits(7, 'b')]
  const joint = new Uint32Array(64)
  for (const n of numbers) {
    const cell = below(first(n), 8) * 8 + below(second(n), 8)
    joint[cell] = (joint[cell] ?? 0) + 1
  }
  const chiSquare = joint.reduce((sum, count) => sum + (count - N / 64) ** 2 / (N / 64), 0)
  // 63 degrees of freedom: beyond 120 is one in 50,000.
  expect(chiSquare).toBeLessThan(120)
})

it('has no trend from one number to the next', () => {
  const bits = randomBits(3, 'x')
  const values = numbers.map((n) => unit(bits(n)) - 0.5)
  const correlation = values.reduce((sum, value, n) => sum + value * (values[n + 1] ?? 0), 0) / (N / 12)
  expect(Math.abs(correlation)).toBeLessThan(0.015)
})

it('draws normal values with the mean, spread and tails of a normal distribution', () => {
  const draw = sampled(randomBits(5, 'n'), (p) => 10 + 2 * normalQuantile(p))
  const values = numbers.map(draw)
  const mean = values.reduce((sum, value) => sum + value, 0) / N
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / N)
  expect(mean).toBeCloseTo(10, 1)
  expect(deviation).toBeCloseTo(2, 1)
  const outside = values.filter((value) => Math.abs(value - 10) > 6).length / N
  expect(outside).toBeGreaterThan(0.0017)
  expect(outside).toBeLessThan(0.0038)
})

it('knows the quantiles of the normal distribution', () => {
  for (const [p, expected] of [
    [0.5, 0],
    [0.975, 1.959963984540054],
    [0.001, -3.090232306167813],
    [1 - 1e-9, 5.997807015008182],
  ] as const) {
    expect(normalQuantile(p)).toBeCloseTo(expected, 6)
  }
})
