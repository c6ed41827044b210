import { expect, it } from 'vitest'
import { closest, suggestion } from './suggest.ts'

it.each([
  ['requird', 'required'],
  ['titel', 'title'],
  ['FROM', 'from'],
])('finds what %j meant', (word, meant) => {
  expect(closest(word, ['from', 'required', 'title', 'to'])).toBe(meant)
})

it('finds nothing for a word that is like none', () => {
  expect(closest('partitions', ['from', 'to'])).toBeUndefined()
})

it('names all there is', () => {
  expect(suggestion('x', ['topics', 'tables'], 'Keys')).toBe('Keys: topics, tables.')
  expect(suggestion('tpics', ['topics', 'tables'], 'Keys')).toBe('Did you mean "topics"? Keys: topics, tables.')
  expect(suggestion('x', [], 'Topics')).toBe('Topics: none.')
})
