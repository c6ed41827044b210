import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { SluiceError } from '#engine/core/sluice-error.ts'

/** Who holds a data folder: for messages only, never for a decision. */
export interface LockHolder {
  readonly pid: number
  /** ISO 8601. */
  readonly startedAt: string
  readonly openedBy: string
}

/** The one lock on a data folder. Gone when closed, and at once when its process ends in any way. */
export interface EngineLock extends Disposable {
  readonly holder: LockHolder
  /** Idempotent. */
  close(): void
}

/** A connection that nobody refers to is closed by the garbage collector, and its lock with it. */
const held = new Set<DatabaseSync>()

/**
 * Takes the data folder (made 0700 if it isn't there), or throws ENGINE_RUNNING naming who has it. The lock is an open
 * exclusive transaction on an empty SQLite file: the OS frees it with the process, so it is never stale. A lock by
 * file name or pid (proper-lockfile: 9.7 s after a kill -9) would be.
 */
export function lockHome(home: string, openedBy = 'sluice'): EngineLock {
  mkdirSync(home, { recursive: true, mode: 0o700 })
  const database = open(home)
  const holder = { pid: process.pid, startedAt: new Date().toISOString(), openedBy }
  writeFileSync(holderFile(home), `${JSON.stringify(holder)}\n`)
  held.add(database)
  const close = (): void => {
    if (!held.delete(database)) return
    rmSync(holderFile(home), { force: true })
    database.close()
  }
  return { holder, close, [Symbol.dispose]: close }
}

function open(home: string): DatabaseSync {
  const file = join(home, 'engine.lock')
  const database = openFile(file)
  try {
    database.exec('BEGIN EXCLUSIVE')
    return database
  } catch (error) {
    database.close()
    if (sqliteCode(error) === SQLITE_BUSY) throw running(home, error)
    throw unusable(file, error)
  }
}

function openFile(file: string): DatabaseSync {
  try {
    return new DatabaseSync(file, { timeout: 0 })
  } catch (error) {
    throw unusable(file, error)
  }
}

const SQLITE_BUSY = 5

function sqliteCode(error: unknown): number | undefined {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode : undefined
}

function unusable(file: string, cause: unknown): SluiceError {
  return new SluiceError('STORE_DAMAGED', `Can't lock ${file}.`, {
    cause,
    remedy: 'Check that the folder can be written. If no engine runs on it, remove this file.',
  })
}

function running(home: string, cause: unknown): SluiceError {
  const holder = readHolder(home)
  const who = holder ? ` (${holder.openedBy}, pid ${holder.pid}, since ${holder.startedAt})` : ''
  return new SluiceError('ENGINE_RUNNING', `Another engine has ${home} open${who}.`, {
    cause,
    retryable: true,
    remedy: 'Wait until it ends, stop it with `sluice stop`, or choose another `--home`.',
  })
}

/** Who says to have the folder; undefined where nobody does, or it can't be read (it is written after the lock). */
export function readHolder(home: string): LockHolder | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(holderFile(home), 'utf8'))
    return isHolder(value) ? value : undefined
  } catch {
    // Absent, or half written by a holder that is just starting: the message goes without it.
    return undefined
  }
}

function isHolder(value: unknown): value is LockHolder {
  if (typeof value !== 'object' || value === null) return false
  if (!('pid' in value) || !('startedAt' in value) || !('openedBy' in value)) return false
  return typeof value.pid === 'number' && typeof value.startedAt === 'string' && typeof value.openedBy === 'string'
}

function holderFile(home: string): string {
  return join(home, 'engine.json')
}
