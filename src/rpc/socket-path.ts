import { createHash } from 'node:crypto'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** The kernel's limit is 108 bytes (Linux) or 104 (macOS), with the zero at the end. */
const MAX_SOCKET_PATH = 100

/** Where the engine of a data folder can be spoken to; undefined where it never told. */
export function findSocket(home: string): string | undefined {
  if (process.platform === 'win32') return pipeName(home)
  const inside = join(home, 'engine.sock')
  if (Buffer.byteLength(inside) <= MAX_SOCKET_PATH) return inside
  try {
    return readFileSync(noteFile(home), 'utf8').trim()
  } catch {
    // No engine of this folder has opened its door yet.
    return undefined
  }
}

/** A free path to listen on. Only the holder of the folder's lock may ask: what a dead engine left is removed. */
export function claimSocket(home: string): string {
  if (process.platform === 'win32') return pipeName(home)
  releaseSocket(home)
  const inside = join(home, 'engine.sock')
  if (Buffer.byteLength(inside) <= MAX_SOCKET_PATH) return inside
  const folder = mkdtempSync(join(tmpdir(), 'sluice-'))
  chmodSync(folder, 0o700)
  const path = join(folder, 'engine.sock')
  writeFileSync(noteFile(home), path, { mode: 0o600 })
  return path
}

/** Removes the socket, and where it lies outside the data folder its folder and the note of it. */
export function releaseSocket(home: string): void {
  const path = findSocket(home)
  if (process.platform === 'win32' || path === undefined) return
  rmSync(path, { force: true })
  if (dirname(path) === home) return
  if (dirname(path).startsWith(join(tmpdir(), 'sluice-'))) rmSync(dirname(path), { recursive: true, force: true })
  rmSync(noteFile(home), { force: true })
}

function noteFile(home: string): string {
  return join(home, 'engine.socket')
}

function pipeName(home: string): string {
  return `\\\\.\\pipe\\sluice-${createHash('sha256').update(home.toLowerCase()).digest('hex').slice(0, 32)}`
}
