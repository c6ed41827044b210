import type { LogLine } from '#contract/pipelines.ts'
import type { Log } from '#engine/ports/adapter.ts'
import { toWireError } from '#engine/core/wire-error.ts'

export interface LogOwner {
  readonly pipeline?: string
  readonly job?: string
}

/** A log whose lines go to `write`, each with its owner and the time. Errors in fields become their message. */
export function jobLog(owner: LogOwner, write: (line: LogLine) => void): Log {
  const at =
    (level: LogLine['level']) =>
    (fields: object, message: string): void =>
      write({ time: new Date().toISOString(), level, ...owner, message, fields: plain(fields) })
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}

function plain(fields: object): Record<string, unknown> {
  const entries = Object.entries(fields).map(([key, value]): [string, unknown] => [
    key,
    value instanceof Error ? toWireError(value).message : value,
  ])
  return Object.fromEntries(entries)
}
