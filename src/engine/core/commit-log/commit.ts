import { advance, append, overtaken } from './append.ts'
import { damaged } from './entry-text.ts'
import { parseDataFileName } from './data-file-name.ts'
import type { Draft, LogPosition } from './entry.ts'
import { finish } from './finish.ts'
import type { LogName } from './log-paths.ts'
import { misplaced } from './open.ts'
import { type Protocol, ask } from './protocol.ts'
import { trim } from './trim.ts'

export interface CommitSettings {
  readonly id: string
  readonly keep: number
  readonly path: string
}

/**
 * Commits one entry and does what it promises: put, check, files into place, replaced files away, trim. Answers the new
 * place in the log; undefined if another writer is the owner now: reopen. LOG_DAMAGED if a file of it got lost on the way.
 */
export function* commit(at: LogPosition, draft: Draft, settings: CommitSettings): Protocol<LogPosition | undefined> {
  const entry = yield* append(at, draft, settings.id)
  if (!entry) return undefined
  const amiss = yield* finish(entry)
  if (!amiss) return yield* trim(advance(at, entry), settings.keep)
  if (yield* overtaken(entry)) return undefined
  throw misplaced(amiss, settings.path)
}

/**
 * Looks at a folder before the first file goes into it. 'overtaken' if another writer is the owner now; LOG_DAMAGED if a
 * file stands there that only a later state of this log can have filed: the log was restored from an older copy, or has
 * lost its end, and to go on would file records twice.
 */
export function* inspectFolder(at: LogPosition, log: LogName, folder: string): Protocol<'sound' | 'overtaken'> {
  const names = yield* ask({ do: 'listFolder', folder })
  const ahead = names.find((name) => isAhead(name, at, log))
  if (ahead === undefined) return 'sound'
  if (yield* overtaken(at)) return 'overtaken'
  const file = [log.path, folder, ahead].filter((part) => part !== '').join('/')
  throw damaged(file, `the log ends before it, at entry ${at.n} and offset ${at.last} (was an older copy restored?)`)
}

function isAhead(name: string, at: LogPosition, log: LogName): boolean {
  const file = parseDataFileName(name)
  if (file?.topic !== log.topic || file.partition !== log.partition) return false
  return file.n > at.n || file.last > at.last
}
