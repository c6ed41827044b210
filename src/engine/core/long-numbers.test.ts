import { expect, it } from 'vitest'
import { quoteLongNumbers } from './long-numbers.ts'

const quote = (line: string): string => quoteLongNumbers(line, new Set(['price', 'a"b', '__proto__']))

it('puts long numbers of the members named in quotes, digit for digit', () => {
  expect(quote('{"price": -12345678901234567890.10, "id":1}')).toBe('{"price": "-12345678901234567890.10", "id":1}')
  expect(quote('{"a\\"b":1.0000000000000001e-5}')).toBe('{"a\\"b":"1.0000000000000001e-5"}')
  expect(quote('{"__proto__":1234567890123456789}')).toBe('{"__proto__":"1234567890123456789"}')
})

it.each([
  ['{"price":12.5,"id":1}', 'short numbers'],
  ['{"id":12345678901234567890}', 'other members'],
  ['{"price":"12345678901234567890"}', 'texts'],
  ['{"x":{"price":12345678901234567890}}', 'members of inner objects'],
  ['{"price":[12345678901234567890]}', 'numbers in arrays'],
  ['{"x":"\\"price\\":12345678901234567890"}', 'what stands in a text'],
  ['[{"price":12345678901234567890}]', 'objects in arrays'],
  ['{"x":"{","y":["}",{}],"id":12345678901234567890}', 'brackets in texts'],
])('leaves %j alone: %s', (line) => {
  expect(quote(line)).toBe(line)
})

it('finds its member behind brackets in texts and inner objects', () => {
  expect(quote('{"x":"}{","y":{"z":[1,"]"]},"price":12345678901234567890}')).toBe(
    '{"x":"}{","y":{"z":[1,"]"]},"price":"12345678901234567890"}',
  )
})

it('gives back something for what is no JSON', () => {
  for (const line of ['', '{', '}', '"', '{"price":', '}}}{"price":12345678901234567890', '\\'])
    expect(quote(line)).toBeTypeOf('string')
})
