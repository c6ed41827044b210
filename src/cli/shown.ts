/**
 * A text from records, files or errors, safe for a terminal: control characters (escape sequences among them) and marks
 * that reorder text are shown as codes.
 */
export function shown(text: string): string {
  return text.replaceAll(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, codeOf)
}

/** As `shown`, for texts of several lines. */
export function shownLines(text: string): string {
  return text.split('\n').map(shown).join('\n')
}

function codeOf(letter: string): string {
  if (letter === '\n') return '⏎'
  if (letter === '\t') return ' '
  return `\\u${(letter.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`
}
