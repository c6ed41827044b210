import { SluiceError } from '#engine/core/sluice-error.ts'
import { crc32 } from './crc32.ts'
import type { Entry } from './entry.ts'
import { entryFault, isEntry } from './entry-shape.ts'

/**
 * The bytes of an entry's file: the entry as one line of JSON, then a line with the CRC-32 of that line. The checksum
 * tells an entry from one that was cut or zeroed where a store can't put a file as one act.
 */
export function entryText(entry: Entry): Uint8Array {
  const line = JSON.stringify(entry)
  return new TextEncoder().encode(`${line}\n${checksum(line)}\n`)
}

/** The entry in a file's bytes. LOG_DAMAGED, naming `file`, unless it is whole and every field is right. */
export function parseEntry(bytes: Uint8Array, file: string): Entry {
  const text = new TextDecoder('utf-8').decode(bytes)
  const [line = '', sum, rest] = text.split('\n', 3)
  if (bytes.length === 0) throw damaged(file, 'it is empty')
  if (sum === undefined || rest !== '') throw damaged(file, 'it was cut short')
  if (sum !== checksum(line)) throw damaged(file, 'its checksum does not fit')
  const value = parsed(line, file)
  if (!isEntry(value)) throw damaged(file, entryFault(value) ?? 'it is no entry')
  return value
}

/** The error for a log that can't be trusted: `file` is the one at fault, and why. */
export function damaged(file: string, why: string, cause?: unknown): SluiceError {
  return new SluiceError('LOG_DAMAGED', `The commit log is damaged at ${file}: ${why}.`, { cause })
}

function parsed(line: string, file: string): unknown {
  try {
    return JSON.parse(line)
  } catch (cause) {
    throw damaged(file, 'it is not JSON', cause)
  }
}

function checksum(line: string): string {
  return crc32(new TextEncoder().encode(line)).toString(16).padStart(8, '0')
}
