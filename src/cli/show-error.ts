import { ERROR_CODES } from '#contract/error-codes.ts'
import type { Place } from '#contract/wire-error.ts'
import { toWireError } from '#engine/core/wire-error.ts'
import { shown, shownLines } from './shown.ts'
import type { Terminal } from './terminal.ts'
import type { ExitCode } from './verb.ts'

/** Says what went wrong, where, and what to do now, on stderr; gives the exit code that fits. */
export async function showError(error: unknown, terminal: Terminal, json: boolean): Promise<ExitCode> {
  const { code, message, remedy, place, reason } = toWireError(error)
  if (json) await terminal.stderr.write(`${JSON.stringify({ error: { code, reason, message, remedy, place } })}\n`)
  else await terminal.stderr.write(`error: ${shownLines(message)}${at(place, message)}\n${indented(remedy)}`)
  if (code === 'INTERNAL' && terminal.env['SLUICE_DEBUG'] && error instanceof Error) {
    await terminal.stderr.write(`${error.stack ?? ''}\n`)
  }
  return ERROR_CODES[code].exit
}

/** The place, unless the message says it: "(at mine.yaml:3:5)", or of a text that was given "(line 3, column 5)". */
function at(place: Place | undefined, message: string): string {
  if (!place) return ''
  const { file, line, column } = place
  const parts =
    file === undefined
      ? [line === undefined ? '' : `line ${line}`, column === undefined ? '' : `column ${column}`].filter(Boolean)
      : [`at ${[file, line, column].filter((part) => part !== undefined).join(':')}`]
  const where = parts.join(', ')
  return where === '' || message.includes(where) ? '' : ` (${shown(where)})`
}

function indented(remedy: string): string {
  return remedy === ''
    ? ''
    : `${shownLines(remedy)
        .split('\n')
        .map((line) => `  ${line}`)
        .join('\n')}\n`
}
