import { expect, it } from 'vitest'
import { shown, shownLines } from './shown.ts'

it('takes the force out of escape sequences, bells and text that reorders', () => {
  expect(shown('\u001b[2Jx\u0007\u202eevil\u009b1m')).toBe('\\u001b[2Jx\\u0007\\u202eevil\\u009b1m')
})

it('leaves letters of every script alone', () => {
  expect(shown('Grüße, 世界 👩‍🚀')).toBe('Grüße, 世界 👩‍🚀')
})

it('shows a newline in a cell as a mark, and keeps it between lines', () => {
  expect(shown('a\nb')).toBe('a⏎b')
  expect(shownLines('a\nb\u0000')).toBe('a\nb\\u0000')
})
