/** The candidate that a typing mistake most likely meant: at most a third of its letters away. */
export function closest(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined
  let least = Infinity
  for (const candidate of candidates) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase())
    const allowed = Math.max(1, Math.floor(Math.max(word.length, candidate.length) / 3))
    if (distance <= allowed && distance < least) [best, least] = [candidate, distance]
  }
  return best
}

/** `Did you mean "x"? Topics: a, b, c.`, as far as there is anything to say. */
export function suggestion(word: string, candidates: Iterable<string>, noun: string): string {
  const all = [...candidates]
  const near = closest(word, all)
  const meant = near === undefined ? '' : `Did you mean "${near}"? `
  return `${meant}${noun}: ${all.length === 0 ? 'none' : all.slice(0, 40).join(', ')}.`
}

/** Changes, insertions, removals and swaps of neighbours (optimal string alignment). Words are cut at 64 letters. */
function editDistance(left: string, right: string): number {
  const [a, b] = [left.slice(0, 64), right.slice(0, 64)]
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const at = (cells: readonly number[], k: number): number => cells[k] ?? 0
      const change = at(last, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1)
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      const swap = swapped ? at(before, j - 2) + 1 : Infinity
      row.push(Math.min(change, at(last, j) + 1, at(row, j - 1) + 1, swap))
    }
    ;[before, last] = [last, row]
  }
  return last[b.length] ?? 0
}
