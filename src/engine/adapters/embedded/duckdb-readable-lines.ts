import { isUtf8 } from 'node:buffer'
import type { Batch } from '#engine/core/batch.ts'
import { lineStarts } from '#engine/core/batch-lines.ts'
import type { TopicShape } from '#engine/core/columns.ts'
import { quoteLongNumbers } from '#engine/core/long-numbers.ts'

/** What DuckDB's JSON reader lets pass though it is no JSON. */
const LAX = ['NaN', 'Infinity', ',}', ',]']
/** A number of more digits than a double holds, or a text that looks like one. */
const LONG = /[0-9.]{16}/

/**
 * The batch's lines as DuckDB may read them: one that is not UTF-8 (it can't decode it), or no JSON though it would take
 * it, is left empty, and so refused; for exact decimals, long numbers are put in quotes, for it reads numbers as doubles.
 * Nearly always these are the batch's own bytes.
 */
export function readableLines({ columns }: TopicShape, batch: Batch): Uint8Array {
  const bytes = Buffer.from(batch.ndjson.buffer, batch.ndjson.byteOffset, batch.ndjson.byteLength)
  const decimals = new Set(columns.filter(({ type }) => type.startsWith('decimal(')).map(({ name }) => name))
  const lax = LAX.some((spelling) => bytes.includes(spelling))
  const long = decimals.size > 0 && LONG.test(bytes.toString('latin1'))
  if (isUtf8(bytes) && !lax && !long) return bytes
  const starts = lineStarts(batch)
  const lines = Array.from({ length: batch.count }, (_, at) => bytes.subarray(starts[at], (starts[at + 1] ?? 1) - 1))
  return Buffer.from(lines.map((line) => readableLine(line, decimals)).join('\n'))
}

function readableLine(bytes: Buffer, decimals: ReadonlySet<string>): string {
  if (!isUtf8(bytes)) return ''
  const line = bytes.toString('utf8')
  if (LAX.some((spelling) => line.includes(spelling)) && !isJson(line)) return ''
  return LONG.test(line) ? quoteLongNumbers(line, decimals) : line
}

function isJson(line: string): boolean {
  try {
    JSON.parse(line)
    return true
  } catch {
    // That it throws is the answer.
    return false
  }
}
