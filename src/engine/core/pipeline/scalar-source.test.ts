import { expect, it } from 'vitest'
import { parseDocument, isScalar } from 'yaml'
import { alignedOffset } from './scalar-source.ts'

it.each([
  ['plain', 'sql: a > 1 AND here'],
  ['in quotes', 'sql: "a > 1 AND here"'],
  ['in single quotes', "sql: 'a > 1 AND here'"],
  ['over several lines', 'sql: a > 1\n    AND\n  here'],
  ['literal', 'sql: |\n    a > 1\n      AND here\n'],
  ['folded', 'sql: >-\n  a > 1\n  AND\n\n  here AND b\n'],
  ['folded, more indented', 'sql: >\n  a > 1\n      AND here\n  AND b'],
])('finds a word of a text that is %s', (_, text) => {
  const node = parseDocument(text).get('sql', true)
  const [start, end] = (isScalar(node) && node.range) || [0, 0]
  const value = isScalar(node) ? String(node.value) : ''
  expect(start + alignedOffset(text.slice(start, end), value, value.indexOf('here'))).toBe(text.indexOf('here'))
})

it('points at the beginning where the text has escapes before the place', () => {
  expect(alignedOffset('"a \\u0041 here"', 'a A here', 4)).toBe(0)
})
