import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { countLines, joinLines, lineEnd, skipLines } from './lines.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const text = (of: Uint8Array): string => new TextDecoder().decode(of)

describe('lines', () => {
  it('counts, finds and joins empty lines like any other', () => {
    const lines = fc.array(fc.constantFrom('', 'a', '{"b":1}'), { minLength: 1 })
    fc.assert(
      fc.property(lines, fc.nat(), (all, pick) => {
        const joined = joinLines(all.map(bytes))
        const index = pick % all.length
        const start = skipLines(joined, 0, index)
        expect(text(joined)).toBe(all.join('\n'))
        expect(countLines(joined)).toBe(all.length)
        expect(text(joined.subarray(start, lineEnd(joined, start)))).toBe(all[index])
      }),
    )
  })

  it('skips past the end where there are fewer lines', () => {
    expect(skipLines(bytes('a\nb'), 0, 2)).toBe(4)
    expect(skipLines(bytes('a\nb'), 0, 5)).toBeGreaterThan(3)
  })

  it('gives a single piece back uncopied', () => {
    const piece = bytes('a')
    expect(joinLines([piece])).toBe(piece)
    expect(joinLines([])).toHaveLength(0)
  })
})
