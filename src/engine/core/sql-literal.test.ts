import { expect, it } from 'vitest'
import { identifier, literal, literalList, numberLiteral } from './sql-literal.ts'

it('doubles quotes, and nothing else', () => {
  expect(literal("it's \\'; DROP TABLE x; --\n")).toBe("'it''s \\''; DROP TABLE x; --\n'")
  expect(identifier('a"b\'c')).toBe('"a""b\'c"')
  expect(literalList(["a'", 'b'])).toBe("['a''', 'b']")
})

it('writes numbers so that they come back the same', () => {
  for (const value of [0, -0, 1, -1.5, 1e21, 5e-324, 2 ** 53, 0.1]) expect(Number(numberLiteral(value))).toBe(value)
})

it('refuses what SQL has no text for', () => {
  const refused: unknown = expect.objectContaining({ code: 'SQL_REFUSED' })
  expect(() => literal('a\0b')).toThrow(refused)
  expect(() => identifier('\0')).toThrow(refused)
  for (const value of [Number.NaN, Infinity, -Infinity]) expect(() => numberLiteral(value)).toThrow(refused)
})
