import { expect, it } from 'vitest'
import { parseDuration, parseSize } from './units.ts'

it.each([
  ['250 ms', 250],
  ['1 s', 1000],
  ['30 seconds', 30_000],
  ['1 minute', 60_000],
  ['5m', 300_000],
  ['1.5 h', 5_400_000],
  ['7 Days', 604_800_000],
])('reads the duration %j', (text, ms) => {
  expect(parseDuration(text)).toBe(ms)
})

it.each([
  ['512b', 512],
  ['10 GB', 10_000_000_000],
  ['128 MiB', 134_217_728],
  ['0.5 KiB', 512],
])('reads the size %j', (text, bytes) => {
  expect(parseSize(text)).toBe(bytes)
})

it.each(['', '5', 'minute', '-1 s', '0 s', '1e3 s', '1 fortnight', '1 s 2', '1 toString', '9'.repeat(20) + ' d'])(
  'refuses %j as a duration and as a size',
  (text) => {
    expect([parseDuration(text), parseSize(text)]).toEqual([undefined, undefined])
  },
)
