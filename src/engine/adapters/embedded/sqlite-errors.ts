import type { ErrorCode } from '#contract/error-codes.ts'
import { SluiceError } from '#engine/core/sluice-error.ts'

/** SQLite's result codes, as far as they are told apart here. https://sqlite.org/rescode.html */
const RESULT = { PERM: 3, BUSY: 5, LOCKED: 6, READONLY: 8, IOERR: 10, CORRUPT: 11, FULL: 13, CANTOPEN: 14, TOOBIG: 18 }
const CONSTRAINT = 19
const NOTADB = 26
const IOERR_SHMSIZE = 4874
const IOERR_CORRUPTFS = 8458

interface Meaning {
  readonly code: ErrorCode
  readonly retryable?: boolean
  readonly remedy?: string
}

const PERMISSIONS: Meaning = {
  code: 'FILE_UNREADABLE',
  remedy: 'Make the file and its folder readable and writable for this user, or choose another `--home`.',
}
const DAMAGED: Meaning = { code: 'STORE_DAMAGED' }
const DISK_FULL: Meaning = { code: 'DISK_FULL', retryable: true }
const AWAY: Meaning = { code: 'NOT_CONNECTED', retryable: true }

const MEANINGS: ReadonlyMap<number, Meaning> = new Map([
  [RESULT.PERM, PERMISSIONS],
  [RESULT.READONLY, PERMISSIONS],
  [RESULT.CANTOPEN, PERMISSIONS],
  [RESULT.BUSY, AWAY],
  [RESULT.LOCKED, AWAY],
  [RESULT.IOERR, AWAY],
  [RESULT.CORRUPT, DAMAGED],
  [NOTADB, DAMAGED],
  // Every row is keyed by what it holds: a key that is there already means that a count beside it is wrong.
  [CONSTRAINT, DAMAGED],
  [RESULT.FULL, DISK_FULL],
  [RESULT.TOOBIG, { code: 'RECORD_TOO_LARGE' }],
])

/** Where the extended code says more than its class: the shared memory file could not grow; the file system is damaged. */
const EXTENDED: ReadonlyMap<number, Meaning> = new Map([
  [IOERR_SHMSIZE, DISK_FULL],
  [IOERR_CORRUPTFS, DAMAGED],
])

/** Another connection has the lock that was asked for. */
export function isBusy(error: unknown): boolean {
  const code = resultCode(error)
  return code !== undefined && [RESULT.BUSY, RESULT.LOCKED].includes(code & 0xff)
}

/** What an error of node:sqlite means for the user. Errors of ours, and what isn't SQLite's, come back as they are. */
export function fromSqlite(error: unknown, doing: string, file: string): unknown {
  const code = resultCode(error)
  if (code === undefined) return error
  const meaning = EXTENDED.get(code) ?? MEANINGS.get(code & 0xff)
  const text = `${doing} (${file}: ${error instanceof Error ? error.message : 'unknown'})`
  if (!meaning) return new SluiceError('INTERNAL', text, { cause: error })
  return new SluiceError(meaning.code, text, { ...meaning, cause: error })
}

/** A store that contradicts itself where SQLite sees nothing wrong. */
export function damaged(file: string, what: string): SluiceError {
  return new SluiceError('STORE_DAMAGED', `reading ${file}: ${what}`)
}

function resultCode(error: unknown): number | undefined {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode : undefined
}
