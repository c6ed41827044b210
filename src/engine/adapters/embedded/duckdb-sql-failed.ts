import type { Place } from '#contract/wire-error.ts'
import { SluiceError, type ErrorOptions } from '#engine/core/sluice-error.ts'
import type { SqlProblem } from '#engine/ports/sql-parser.ts'
import { plainDuckdbMessage } from './duckdb-errors.ts'

/** A mistake found by the parser, with its line and column. */
export function problemInSql(sql: string, { message, position }: SqlProblem): SluiceError {
  if (position === undefined) return failed(message, {})
  const before = sql.slice(0, position).split('\n')
  return failed(message, { line: before.length, column: (before.at(-1) ?? '').length + 1 })
}

/** What DuckDB said as it planned or ran the statement, with the line and column it points at. */
export function sqlFailure(cause: unknown): SluiceError {
  const message = cause instanceof Error ? cause.message : String(cause)
  const [, columns] = /^Candidate bindings: (.*)$/m.exec(message) ?? []
  const hint = columns
    ? `There are columns like it: ${columns}`
    : (/^(?:Did you mean|Perhaps|HINT:|You might).*$/m.exec(message)?.[0] ?? '')
  const plain = plainDuckdbMessage(cause).split('\n', 1)[0] ?? ''
  return failed(plain.replace(/!$/, ''), placeOf(message), {
    cause,
    ...(hint !== '' && { remedy: sentence(hint) }),
  })
}

function failed(message: string, place: Place, options: ErrorOptions = {}): SluiceError {
  const where = [place.line && `line ${place.line}`, place.column && `column ${place.column}`]
    .filter(Boolean)
    .join(', ')
  const text = where === '' ? message : `${message} (${where})`
  return new SluiceError('SQL_FAILED', sentence(text), { ...options, ...(where !== '' && { place }) })
}

// "LINE 2: WHERE nope > 1" with a caret under the place; a long line is cut at its start, which leaves only the line.
function placeOf(message: string): Place {
  const [, line, shown = '', pointer = ''] = /^LINE (\d+): (.*)\n( *)\^/m.exec(message) ?? []
  if (line === undefined) return {}
  if (shown.startsWith('...')) return { line: Number(line) }
  return { line: Number(line), column: pointer.length - `LINE ${line}: `.length + 1 }
}

function sentence(text: string): string {
  const whole = text.trim()
  return /[.!?]$/.test(whole) ? whole : `${whole}.`
}
