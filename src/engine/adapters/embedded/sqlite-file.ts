import { randomUUID } from 'node:crypto'
import { closeSync, existsSync, fsyncSync, linkSync, mkdirSync, openSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { isSluiceError, SluiceError } from '#engine/core/sluice-error.ts'
import { damaged, fromSqlite } from './sqlite-errors.ts'
import { patiently } from './sqlite-patience.ts'
import { APPLICATION_ID, SCHEMA, SCHEMA_VERSION } from './sqlite-schema.ts'

/** Larger pages read and write batches faster, smaller ones single records: measured by bench/broker.ts. */
const PAGE_BYTES = 16_384
const CHECKPOINT_PAGES = (8 << 20) / PAGE_BYTES
/** How long SQLite itself may wait for a lock, blocking this thread; the store goes on waiting without blocking. */
const BLOCKING_MS = 20
/** Checking a whole file of this size takes some 10 ms. */
const CHECKED_ON_OPEN = 8 << 20

// synchronous=FULL: what is acknowledged survives a power cut. cell_size_check: damage is seen earlier.
const PRAGMAS = `
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES};
PRAGMA journal_size_limit = ${64 << 20};
PRAGMA cache_size = -16384;
PRAGMA temp_store = MEMORY;
PRAGMA cell_size_check = ON;
PRAGMA trusted_schema = OFF;
`

/**
 * Opens the store, founding it where there is none. STORE_DAMAGED for a file that isn't a whole store of ours,
 * FILE_UNREADABLE where this user may not read and write it, DISK_FULL, NOT_CONNECTED.
 */
export async function openSqliteFile(file: string): Promise<DatabaseSync> {
  const doing = `opening the broker's store ${file}`
  try {
    if (!existsSync(file)) found(file)
    return await patiently(() => open(file))
  } catch (error) {
    throw isSluiceError(error) ? error : fromSystem(fromSqlite(error, doing, file), doing)
  }
}

function open(file: string): DatabaseSync {
  const db = new DatabaseSync(file, { timeout: BLOCKING_MS, defensive: true })
  try {
    checkHeader(db, file)
    db.exec(PRAGMAS)
    if (statSync(file).size <= CHECKED_ON_OPEN) checkAll(db, file)
    probeWriting(db)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

function checkHeader(db: DatabaseSync, file: string): void {
  if (pragma(db, 'application_id') !== APPLICATION_ID) throw damaged(file, 'it is not a store of the broker')
  const version = Number(pragma(db, 'user_version'))
  if (version === SCHEMA_VERSION) return
  throw new SluiceError('STORE_DAMAGED', `opening ${file}: its layout ${version} is not known to this version`, {
    remedy: 'It was written by a newer Sluice: use that one, or another `--home`.',
  })
}

function checkAll(db: DatabaseSync, file: string): void {
  const answer = pragma(db, 'quick_check(1)')
  if (answer !== 'ok') throw damaged(file, String(answer))
}

/** Says now, not at the first append, that the file can't be written. */
function probeWriting(db: DatabaseSync): void {
  db.exec('BEGIN IMMEDIATE')
  db.exec('ROLLBACK')
}

function pragma(db: DatabaseSync, name: string): unknown {
  return Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0]
}

/**
 * The file appears under its name whole or not at all, so that an empty one is always damage; and once only, when two
 * processes found it at the same time.
 */
function found(file: string): void {
  mkdirSync(dirname(file), { recursive: true })
  const draft = `${file}.new-${randomUUID()}`
  try {
    writeEmpty(draft)
    publish(draft, file)
    syncFolder(dirname(file))
  } finally {
    rmSync(draft, { force: true })
  }
}

function writeEmpty(file: string): void {
  const db = new DatabaseSync(file)
  try {
    db.exec(`PRAGMA page_size = ${PAGE_BYTES}; PRAGMA auto_vacuum = INCREMENTAL; PRAGMA synchronous = FULL`)
    db.exec(`BEGIN; ${SCHEMA}`)
    db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT`)
    db.exec('PRAGMA journal_mode = WAL')
  } finally {
    db.close()
  }
}

function publish(draft: string, file: string): void {
  try {
    linkSync(draft, file)
  } catch (error) {
    if (existsSync(file)) return
    // A file system without links. Two founders at the very same moment are not kept apart here.
    if (!hasCode(error, 'EPERM', 'ENOTSUP', 'ENOSYS', 'EOPNOTSUPP')) throw error
    renameSync(draft, file)
  }
}

/** Windows can't, and needn't: NTFS journals the name. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return
  const handle = openSync(folder, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

function fromSystem(error: unknown, doing: string): unknown {
  if (hasCode(error, 'ENOSPC', 'EDQUOT')) return new SluiceError('DISK_FULL', doing, { cause: error, retryable: true })
  if (isSluiceError(error) || !(error instanceof Error) || !('code' in error)) return error
  return new SluiceError('FILE_UNREADABLE', doing, { cause: error })
}

function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && codes.includes(error.code)
}
