import { shown } from './shown.ts'

export interface TableOptions {
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
  /** Indexes of the columns that are aligned to the right. */
  readonly right?: readonly number[]
}

/** Lines of aligned columns, two blanks apart, each with its newline; cells are made safe to show. */
export function table({ head, rows, right = [] }: TableOptions): string {
  const safe = [head, ...rows].map((row) => row.map(shown))
  const widths = head.map((_, column) => safe.reduce((width, row) => Math.max(width, textWidth(row[column] ?? '')), 0))
  return safe.map((row) => `${line(row, widths, right)}\n`).join('')
}

function line(row: readonly string[], widths: readonly number[], right: readonly number[]): string {
  return widths
    .map((width, column) => {
      const cell = row[column] ?? ''
      const gap = ' '.repeat(Math.max(0, width - textWidth(cell)))
      return right.includes(column) ? gap + cell : cell + gap
    })
    .join('  ')
    .trimEnd()
}

/** Columns of a terminal that a text takes: East Asian wide letters and emoji take two. */
function textWidth(text: string): number {
  let width = 0
  for (const letter of text)
    width +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\u{1f300}-\u{1faff}]/u.test(
        letter,
      )
        ? 2
        : /\p{M}/u.test(letter)
          ? 0
          : 1
  return width
}
