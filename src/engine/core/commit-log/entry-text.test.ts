import { crc32 as zlibCrc32 } from 'node:zlib'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { crc32 } from './crc32.ts'
import { entryText, parseEntry } from './entry-text.ts'
import { type Entry, rootEntry } from './entry.ts'

const ENTRY: Entry = {
  n: 7,
  id: 'b',
  prev: 'a',
  first: 10,
  last: 19,
  lost: 2,
  rows: 9,
  rejected: 1,
  files: [{ tmp: '7-x', final: 'dt=2026-11-22/hour=01/t-0-…-7.parquet', rows: 9, bytes: 100 }],
  removes: ['old.parquet'],
  topic: 'incarnation',
  print: { offset: 19, timestamp: 1.5, crc: 4_000_000_000 },
  schema: 's',
  totals: { in: 20, filed: 18, rejected: 2, lost: 2, files: 2 },
}
const file = '/data/_sluice/commits/t-0/7.json'
const forged = (change: object) => entryText({ ...ENTRY, ...change })
const damaged = (why: string): unknown =>
  expect.objectContaining({ code: 'LOG_DAMAGED', message: expect.stringContaining(why) as unknown })

it('reads back what it writes, field by field', () => {
  expect(parseEntry(entryText(ENTRY), file)).toEqual(ENTRY)
  expect(parseEntry(entryText(rootEntry('r')), file)).toEqual(rootEntry('r'))
})

it('takes no text that was cut, at any byte', () => {
  const text = entryText(ENTRY)
  for (let length = 0; length < text.length; length++) {
    expect(() => parseEntry(text.subarray(0, length), file)).toThrow(damaged(file))
  }
})

it('takes no text in which a byte was changed', () => {
  const text = entryText(ENTRY)
  fc.assert(
    fc.property(fc.nat(text.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const flipped = Uint8Array.from(text)
      flipped[at] = (flipped[at] ?? 0) ^ change
      expect(() => parseEntry(flipped, file)).toThrow(damaged(file))
    }),
  )
})

it('says what is wrong with a file that is no entry', () => {
  expect(() => parseEntry(new Uint8Array(), file)).toThrow(damaged('it is empty'))
  expect(() => parseEntry(new Uint8Array(500), file)).toThrow(damaged('it was cut short'))
  expect(() => parseEntry(new TextEncoder().encode('hello\n3610a686\n'), file)).toThrow(damaged('it is not JSON'))
  expect(() => parseEntry(forged({ n: -1 }), file)).toThrow(damaged('"n"'))
  expect(() => parseEntry(forged({ totals: { in: 1 } }), file)).toThrow(damaged('"totals"'))
})

it.each([
  ['a removal that leaves the sink', { removes: ['../../etc/passwd'] }],
  ['an absolute removal', { removes: ['/etc/passwd'] }],
  ['a final name that leaves the sink', { files: [{ ...ENTRY.files[0], final: 'a/../../b' }] }],
  ['a tmp name with a folder', { files: [{ ...ENTRY.files[0], tmp: '7-a/../../b' }] }],
])('refuses a forged entry with %s', (_what, change) => {
  expect(() => parseEntry(forged(change), file)).toThrow(damaged(file))
})

it('refuses an entry with a field of a later version, which may promise what it would not do', () => {
  expect(() => parseEntry(forged({ moved: [] }), file)).toThrow(damaged('"moved" is unknown'))
})

it('has the CRC-32 of zlib', () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => crc32(bytes) === zlibCrc32(bytes)))
})
