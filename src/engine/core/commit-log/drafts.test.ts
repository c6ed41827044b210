import { expect, it } from 'vitest'
import { checkTopic } from './check-topic.ts'
import { batchDraft } from './drafts.ts'
import { type LogPosition, positionAfter, rootEntry } from './entry.ts'

const PRINT = { offset: 99, timestamp: 5, crc: 6 }
const AT: LogPosition = {
  ...positionAfter(rootEntry('r'), 0),
  last: 99,
  topic: 'one',
  print: PRINT,
  totals: { in: 90, filed: 80, rejected: 10, lost: 10, files: 4 },
}
const SOURCE = { incarnation: 'one', schema: 's' }
const FILE = { tmp: '1-a', final: 'x', rows: 7, bytes: 1 }

it('keeps running totals: in = filed + rejected, and what retention took beside them', () => {
  const batch = {
    first: 100,
    last: 112,
    rows: 7,
    rejected: 3,
    lost: 3,
    print: null,
    files: [FILE],
    removes: ['a', 'b'],
  }
  const draft = batchDraft(AT, SOURCE, batch)
  expect(draft.totals).toEqual({ in: 100, filed: 87, rejected: 13, lost: 13, files: 3 })
  expect(draft).toMatchObject({ lost: 3, print: PRINT, topic: 'one', schema: 's' })
})

it.each([
  [101, 110],
  [99, 110],
  [100, 99],
])('refuses a batch from %i to %i, which does not follow on 99', (first, last) => {
  const batch = { first, last, rows: 0, rejected: 0, print: null, files: [] }
  expect(() => batchDraft(AT, SOURCE, batch)).toThrow(expect.objectContaining({ code: 'INTERNAL' }))
})

const now = { name: 't', incarnation: 'one', high: 100, print: PRINT }
const remade: unknown = expect.objectContaining({
  code: 'TOPIC_REMADE',
  remedy: expect.stringMatching(/replay.*reset/s) as unknown,
})

it('goes on with the topic that it filed so far, also when retention took the record that it would know it by', () => {
  expect(() => checkTopic(AT, now)).not.toThrow()
  expect(() => checkTopic(AT, { ...now, print: undefined })).not.toThrow()
  expect(() => checkTopic(positionAfter(rootEntry('r'), 0), { ...now, incarnation: 'any', high: 0 })).not.toThrow()
})

it.each([
  ['has another identity', { incarnation: 'two' }],
  ['ends before what was filed', { high: 99 }],
  ['has another value at the last offset', { print: { ...PRINT, crc: 7 } }],
  ['has another time at the last offset', { print: { ...PRINT, timestamp: 4 } }],
])('stops with both ways out when the topic %s', (_what, change) => {
  expect(() => checkTopic(AT, { ...now, ...change })).toThrow(remade)
})
