import { ERROR_CODES } from '#contract/error-codes.ts'
import { toWireError } from '#engine/core/wire-error.ts'
import { shown, shownLines } from './shown.ts'
import type { Terminal } from './terminal.ts'
import type { ExitCode } from './verb.ts'

/** Says what went wrong, where, and what to do now, on stderr; gives the exit code that fits. */
export async function showError(error: unknown, terminal: Terminal, json: boolean): Promise<ExitCode> {
  const { code, message, remedy, place } = toWireError(error)
  if (json) await terminal.stderr.write(`${JSON.stringify({ error: { code, message, remedy, place } })}\n`)
  else await terminal.stderr.write(`error: ${shownLines(message)}${at(place)}\n${indented(remedy)}`)
  if (code === 'INTERNAL' && terminal.env['SLUICE_DEBUG'] && error instanceof Error) {
    await terminal.stderr.write(`${error.stack ?? ''}\n`)
  }
  return ERROR_CODES[code].exit
}

function at(place: { readonly file?: string; readonly line?: number; readonly column?: number } | undefined): string {
  if (!place) return ''
  const where = [place.file, place.line, place.column].filter((part) => part !== undefined).join(':')
  return where === '' ? '' : ` (at ${shown(where)})`
}

function indented(remedy: string): string {
  return remedy === ''
    ? ''
    : `${shownLines(remedy)
        .split('\n')
        .map((line) => `  ${line}`)
        .join('\n')}\n`
}
