import type { ErrorCode } from '#contract/error-codes.ts'
import { SluiceError, isSluiceError } from '#engine/core/sluice-error.ts'

interface Meaning {
  readonly code: ErrorCode
  readonly retryable?: boolean
  readonly remedy?: string
}

const FULL: Meaning = { code: 'DISK_FULL', retryable: true }
const AWAY: Meaning = { code: 'NOT_CONNECTED', retryable: true }
const DENIED: Meaning = {
  code: 'FILE_UNREADABLE',
  remedy: 'Give the user who runs Sluice the right to read and write there.',
}

const MEANINGS: Readonly<Record<string, Meaning>> = {
  ENOSPC: FULL,
  EDQUOT: FULL,
  EACCES: DENIED,
  EPERM: DENIED,
  EROFS: DENIED,
  ENOENT: { code: 'FILE_UNKNOWN' },
  EISDIR: { code: 'FILE_UNKNOWN', remedy: 'This is a folder. List it with `sluice files ls`.' },
  ENOTDIR: { code: 'FILE_EXISTS', remedy: 'A part of the path is a file where a folder is needed.' },
  EEXIST: { code: 'FILE_EXISTS' },
  ENOTEMPTY: { code: 'FILE_EXISTS' },
  ELOOP: { code: 'PATH_REFUSED', remedy: 'A link stands there; the lake follows none.' },
  EINVAL: { code: 'PATH_REFUSED' },
  ENAMETOOLONG: { code: 'PATH_REFUSED', remedy: 'Choose a shorter path.' },
}

/** The code of a Node file system error ("ENOENT"), or "". */
export function errnoOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}

/** What a file system error means to users of the lake; whatever isn't known may pass by itself (EIO, EMFILE, ESTALE …). */
export function lakeError(error: unknown, doing: string): SluiceError {
  if (isSluiceError(error)) return error
  const errno = errnoOf(error)
  if (errno === '') return new SluiceError('INTERNAL', doing, { cause: error })
  const { code, retryable = false, remedy } = MEANINGS[errno] ?? AWAY
  return new SluiceError(code, doing, { cause: error, retryable, ...(remedy === undefined ? {} : { remedy }) })
}

/** Does something on the disk; what fails becomes a SluiceError that says what was being done. */
export async function saying<T>(doing: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (error) {
    throw lakeError(error, doing)
  }
}

/** What `act` gives, or `instead` where there is nothing (ENOENT, ENOTDIR). */
export async function unlessAbsent<T, U>(act: Promise<T>, instead: U): Promise<T | U> {
  try {
    return await act
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errnoOf(error))) return instead
    throw error
  }
}
