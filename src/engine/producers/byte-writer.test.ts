import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ByteWriter, pieceOf } from './byte-writer.ts'

function written(write: (out: ByteWriter) => void): string {
  const out = new ByteWriter(4)
  out.reserve(4096)
  write(out)
  return out.written().toString('utf8')
}

it('writes every safe integer as JavaScript does', () => {
  const integers = fc.oneof(fc.maxSafeInteger(), fc.integer({ min: -100_000, max: 100_000 }))
  fc.assert(
    fc.property(integers, (value) => {
      expect(written((out) => out.integer(value))).toBe(String(value))
    }),
  )
})

it('writes numbers with exactly the decimals asked for, off by no more than half a unit of the last one', () => {
  const numbers = fc.double({ min: -1e9, max: 1e9, noNaN: true })
  fc.assert(
    fc.property(numbers, fc.integer({ min: 0, max: 6 }), (value, decimals) => {
      const text = written((out) => out.fixed(value, decimals))
      expect(text).toMatch(decimals === 0 ? /^-?\d+$/ : new RegExp(`^-?\\d+\\.\\d{${decimals}}$`))
      expect(Math.abs(Number(text) - value)).toBeLessThanOrEqual(0.5 * 10 ** -decimals + Math.abs(value) * 2 ** -50)
    }),
  )
})

it('never writes a minus before nothing', () => {
  expect(written((out) => out.fixed(-0.001, 2))).toBe('0.00')
  expect(written((out) => out.fixed(-0, 1))).toBe('0.0')
})

it('writes numbers too large for decimals as JavaScript does', () => {
  expect(written((out) => out.fixed(1.5e300, 6))).toBe('1.5e+300')
  expect(written((out) => out.fixed(-9e18, 2))).toBe('-9000000000000000000')
})

it('copies any text to the byte, one after the other', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 40 })), (texts) => {
      const out = new ByteWriter(1)
      for (const text of texts) {
        const piece = pieceOf(text)
        out.reserve(piece.length)
        out.copy(piece)
        out.append(Buffer.from('|'))
      }
      expect(out.written().toString('utf8')).toBe(
        texts.map((text) => `${Buffer.from(text).toString('utf8')}|`).join(''),
      )
    }),
  )
})
