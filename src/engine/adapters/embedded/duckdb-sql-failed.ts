import { SluiceError } from '#engine/core/sluice-error.ts'
import type { SqlProblem } from '#engine/ports/sql-parser.ts'
import { plainDuckdbMessage } from './duckdb-errors.ts'

/** A mistake found by the parser, with its line and column. */
export function problemInSql(sql: string, { message, position }: SqlProblem): SluiceError {
  if (position === undefined) return new SluiceError('SQL_FAILED', sentence(message))
  const before = sql.slice(0, position).split('\n')
  return new SluiceError(
    'SQL_FAILED',
    sentence(`${message} (line ${before.length}, column ${(before.at(-1) ?? '').length + 1})`),
  )
}

/** What DuckDB said as it planned or ran the statement, with the line and column it points at. */
export function sqlFailure(cause: unknown): SluiceError {
  const message = cause instanceof Error ? cause.message : String(cause)
  const place = placeOf(message)
  const hint = /^(?:Candidate|Did you mean|Perhaps|HINT:|You might).*$/m.exec(message)?.[0] ?? ''
  const plain = plainDuckdbMessage(cause).split('\n', 1)[0] ?? ''
  return new SluiceError('SQL_FAILED', sentence(`${plain}${place}`), {
    cause,
    ...(hint !== '' && { remedy: sentence(hint) }),
  })
}

// "LINE 2: WHERE nope > 1" with a caret under the place; a long line is cut at its start, which leaves only the line.
function placeOf(message: string): string {
  const [, line, shown = '', pointer = ''] = /^LINE (\d+): (.*)\n( *)\^/m.exec(message) ?? []
  if (line === undefined) return ''
  if (shown.startsWith('...')) return ` (line ${line})`
  return ` (line ${line}, column ${pointer.length - `LINE ${line}: `.length + 1})`
}

function sentence(text: string): string {
  const whole = text.trim()
  return /[.!?)]$/.test(whole) ? whole : `${whole}.`
}
