const NEWLINE = 10

/** How many lines joined newlines make: one more than there are newlines. */
export function countLines(ndjson: Uint8Array): number {
  let lines = 1
  for (let at = ndjson.indexOf(NEWLINE); at >= 0; at = ndjson.indexOf(NEWLINE, at + 1)) lines++
  return lines
}

/** The byte at which the line starts that is `lines` lines behind the one starting at `from`; past the end if there is none. */
export function skipLines(ndjson: Uint8Array, from: number, lines: number): number {
  let start = from
  for (let skipped = 0; skipped < lines; skipped++) start = lineEnd(ndjson, start) + 1
  return start
}

/** The byte at which the line that starts at `start` ends: its newline, or the end. */
export function lineEnd(ndjson: Uint8Array, start: number): number {
  const end = start > ndjson.length ? -1 : ndjson.indexOf(NEWLINE, start)
  return end < 0 ? ndjson.length : end
}

/** Joins pieces of lines, each without a newline at its end, by newlines. A single piece is given back uncopied. */
export function joinLines(pieces: readonly Uint8Array[]): Uint8Array {
  const [only] = pieces
  if (pieces.length === 1 && only) return only
  const size = pieces.reduce((sum, piece) => sum + piece.length + 1, 0)
  const joined = new Uint8Array(Math.max(0, size - 1))
  let at = 0
  for (const piece of pieces) {
    joined.set(piece, at)
    at += piece.length
    if (at < joined.length) joined[at++] = NEWLINE
  }
  return joined
}
