/** What stands before the characters of the value: the header of a block, a quote. */
const OPENING = /^(?:[|>][^\n]*\n|["'])?\s*/

/**
 * The place in a YAML scalar's source of the character that stands at `offset` in its value. Folding and indentation
 * change blanks alone, so that the two are walked side by side; 0 where an escape keeps them from running alike.
 */
export function alignedOffset(source: string, value: string, offset: number): number {
  let at = OPENING.exec(source)?.[0].length ?? 0
  for (let i = value.length - value.trimStart().length; i < offset; ) {
    const blanks = blanksAt(value, i)
    const skipped = blanksAt(source, at)
    if (blanks > 0 !== skipped > 0 || (blanks === 0 && value[i] !== source[at])) return 0
    i += Math.max(1, blanks)
    at += Math.max(1, skipped)
  }
  return at
}

function blanksAt(text: string, start: number): number {
  let end = start
  while (end < text.length && /\s/.test(text.charAt(end))) end += 1
  return end - start
}
