import { expect, it } from 'vitest'
import {
  formatBytes,
  formatCount,
  formatElapsed,
  formatMode,
  formatNumberOf,
  formatRate,
  formatTime,
} from './format.ts'
import { durationOption, numberOption } from './options.ts'
import { table } from './table.ts'

it('writes sizes, counts, rates, times and modes as people read them', () => {
  expect([0, 1023, 1536, 20 * 1024 ** 2, 5 * 1024 ** 4].map(formatBytes)).toEqual([
    '0 B',
    '1023 B',
    '1.5 KiB',
    '20 MiB',
    '5.0 TiB',
  ])
  expect([0, 999, 1000, 1234567].map(formatCount)).toEqual(['0', '999', '1,000', '1,234,567'])
  expect([0, 0.4, 812, 34_560, 1_230_000].map(formatRate)).toEqual(['0/s', '0.4/s', '812/s', '34.6k/s', '1.2M/s'])
  expect([0, 75_000, 3_675_000].map(formatElapsed)).toEqual(['0:00', '1:15', '1:01:15'])
  expect([formatNumberOf(1, 'file'), formatNumberOf(2000, 'file')]).toEqual(['1 file', '2,000 files'])
  expect(formatTime(0)).toBe('1970-01-01 00:00:00Z')
  expect([formatMode(0o755, true), formatMode(0o640, false)]).toEqual(['drwxr-xr-x', '-rw-r-----'])
})

it('reads durations with and without units, and refuses others', () => {
  expect(['30s', '5m', '1.5h', '250ms', '2'].map((text) => durationOption('for', text))).toEqual([
    30_000, 300_000, 5_400_000, 250, 2000,
  ])
  for (const text of ['', 'x', '3 weeks', '-1s']) expect(() => durationOption('for', text)).toThrow('--for')
})

it('reads numbers strictly', () => {
  expect(numberOption('n', '1_000')).toBe(1000)
  expect(numberOption('rate', '0.5', { fraction: true })).toBe(0.5)
  for (const text of ['', '1.5', '0x10', '1e3', '-1', 'ten']) expect(() => numberOption('n', text)).toThrow('--n')
  expect(() => numberOption('count', '0', { min: 1 })).toThrow('from 1 on')
})

it('aligns columns by what a terminal shows, numbers to the right, without blanks at the end', () => {
  expect(
    table({
      head: ['name', 'n', ''],
      rows: [
        ['世界', '7', ''],
        ['ab', '1,000', 'x'],
      ],
      right: [1],
    }),
  ).toBe('name      n\n世界      7\nab    1,000  x\n')
})
