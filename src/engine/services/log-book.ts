import { EventEmitter, on } from 'node:events'
import { mkdirSync, openSync, closeSync, readSync, fstatSync, renameSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { pino } from 'pino'
import { logLineSchema } from '#contract/pipelines.ts'
import type { LogLine, LogsRequest } from '#contract/pipelines.ts'

/** A log file larger than this is set aside (one is kept) when an engine opens it. Bytes. */
const LARGE = 32 * 1024 * 1024
/** How much of the file's end is looked through for the newest lines. Bytes. */
const TAIL = 4 * 1024 * 1024
const DEFAULT_LINES = 200
/** Lines that can't be written wait, up to this length in all; those beyond are lost. */
const MOST_UNWRITTEN = 4 * 1024 * 1024

/** The log of an engine and its jobs: one JSON object a line in a file. */
export interface LogBook extends AsyncDisposable {
  write(line: LogLine): void
  /** The newest lines, oldest first; then, if asked, those that come, until aborted. */
  read(request: LogsRequest, signal: AbortSignal): AsyncIterable<LogLine>
}

export function openLogBook(file: string): LogBook {
  mkdirSync(dirname(file), { recursive: true })
  setAsideLarge(file)
  const destination = pino.destination({ dest: file, sync: true, maxLength: MOST_UNWRITTEN })
  // A full disk must not end the engine: the lines wait here, and go with the first one that can be written.
  destination.on('error', () => undefined)
  const written = new EventEmitter()
  written.setMaxListeners(0)
  return {
    write(line) {
      destination.write(`${JSON.stringify(line)}\n`)
      written.emit('line', line)
    },
    async *read({ job, lines = DEFAULT_LINES, follow = false }, signal) {
      const coming = follow ? on(written, 'line', { signal }) : undefined
      const wanted = (line: LogLine): boolean => job === undefined || line.job === job || line.pipeline === job
      yield* tail(file)
        .filter(wanted)
        .slice(lines === 0 ? Infinity : -lines)
      try {
        for await (const [given] of coming ?? []) {
          const line = logLineSchema.parse(given)
          if (wanted(line)) yield line
        }
      } catch (error) {
        if (!signal.aborted) throw error
      }
    },
    async [Symbol.asyncDispose]() {
      destination.end()
    },
  }
}

function setAsideLarge(file: string): void {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0
  if (size > LARGE) renameSync(file, `${file}.1`)
}

function tail(file: string): LogLine[] {
  if (!statSync(file, { throwIfNoEntry: false })) return []
  const descriptor = openSync(file, 'r')
  try {
    const { size } = fstatSync(descriptor)
    const buffer = Buffer.alloc(Math.min(size, TAIL))
    readSync(descriptor, buffer, 0, buffer.length, size - buffer.length)
    return buffer.toString().split('\n').flatMap(parseLine)
  } finally {
    closeSync(descriptor)
  }
}

// The first line may be cut by where the tail begins, the last by a kill.
function parseLine(text: string): LogLine[] {
  try {
    return [logLineSchema.parse(JSON.parse(text))]
  } catch {
    return []
  }
}
