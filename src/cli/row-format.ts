import type { SqlCell, SqlPage } from '#contract/sql.ts'

/** Writes rows in a machine format, page by page. What it writes is a promise: scripts read it. */
export interface RowFormat {
  page(page: SqlPage): string
  /** Once, after the last page. */
  end(): string
}

/** One array of objects, their keys in the order of the columns. */
export function jsonRows(): RowFormat {
  let first = true
  return {
    page: ({ columns, rows }) =>
      rows
        .map((row) => {
          const before = first ? '[\n' : ',\n'
          first = false
          return before + objectText(columns, row)
        })
        .join(''),
    end: () => (first ? '[]\n' : '\n]\n'),
  }
}

/** One object a line. */
export function ndjsonRows(): RowFormat {
  return {
    page: ({ columns, rows }) => rows.map((row) => `${objectText(columns, row)}\n`).join(''),
    end: () => '',
  }
}

// By hand: an object of JavaScript would move keys such as "1" to the front, and drop one of two columns of one name.
function objectText(columns: SqlPage['columns'], row: readonly SqlCell[]): string {
  const members = columns.map(({ name }, index) => `${JSON.stringify(name)}:${JSON.stringify(row[index] ?? null)}`)
  return `{${members.join(',')}}`
}

/** RFC 4180 with a header, lines ended by CRLF. Null is an empty field, an empty text a quoted one. */
export function csvRows(): RowFormat {
  let headed = false
  return {
    page: ({ columns, rows }) => {
      const header = headed ? '' : csvLine(columns.map(({ name }) => name))
      headed = true
      return header + rows.map(csvLine).join('')
    },
    end: () => '',
  }
}

function csvLine(cells: readonly SqlCell[]): string {
  return `${cells.map(csvField).join(',')}\r\n`
}

function csvField(cell: SqlCell): string {
  if (cell === null) return ''
  const text = typeof cell === 'object' ? JSON.stringify(cell) : String(cell)
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
