import type { ErrorCode } from '#contract/error-codes.ts'
import { SluiceError } from '#engine/core/sluice-error.ts'

/** What a SQLSTATE, or the first two letters of one, means to whoever fills or asks tables. PostgreSQL's Appendix A. */
const MEANINGS: ReadonlyMap<string, { readonly code: ErrorCode; readonly retryable?: boolean }> = new Map([
  ['42P01', { code: 'TABLE_UNKNOWN' }],
  ['42703', { code: 'SCHEMA_CHANGED' }],
  ['42804', { code: 'SCHEMA_CHANGED' }],
  ['53100', { code: 'DISK_FULL', retryable: true }],
  ['XX001', { code: 'STORE_DAMAGED' }],
  ['XX002', { code: 'STORE_DAMAGED' }],
  ['ENOSPC', { code: 'DISK_FULL', retryable: true }],
])

/** Classes of errors that a row is to blame for: its data (22), a constraint (23), a limit on its size (54). */
const ROW_CLASSES: ReadonlySet<string> = new Set(['22', '23', '54'])

/** The SQLSTATE of an error of Postgres, or the code of one of Node. */
export function sqlState(error: unknown): string | undefined {
  return textOf(error, 'code')
}

/** Why Postgres refused a row, and the column that it names; undefined where the row isn't to blame. */
export function rowRefusal(error: unknown): { readonly field: string; readonly reason: string } | undefined {
  const state = sqlState(error)
  if (state?.length !== 5 || !ROW_CLASSES.has(state.slice(0, 2)) || !(error instanceof Error)) return undefined
  return { field: textOf(error, 'column') ?? '', reason: error.message }
}

/** The place in the SQL that Postgres names, counted in characters from 0. */
export function errorPosition(error: unknown): number | undefined {
  const position = textOf(error, 'position')
  return position === undefined ? undefined : Number(position) - 1
}

/** What an error of Postgres means for the user. Errors of ours come back as they are. */
export function fromPostgres(error: unknown, doing: string): unknown {
  if (error instanceof SluiceError) return error
  const meaning = MEANINGS.get(sqlState(error) ?? '') ?? { code: 'NOT_CONNECTED', retryable: true }
  const why = error instanceof Error ? error.message : String(error)
  return new SluiceError(meaning.code, `${doing}: ${why}`, { ...meaning, cause: error })
}

function textOf(error: unknown, property: string): string | undefined {
  const value: unknown = error instanceof Error ? Reflect.get(error, property) : undefined
  return typeof value === 'string' ? value : undefined
}
