import { isUtf8 } from 'node:buffer'
import type { Batch } from '#engine/core/batch.ts'
import { lineStarts, offsetOf, pickLines } from '#engine/core/batch-lines.ts'
import type { Reject, TopicShape } from '#engine/core/columns.ts'
import { rejectReason } from '#engine/core/reject-reason.ts'
import type { Parsed } from '#engine/ports/transform.ts'
import type { BatchTable, Refusal } from './duckdb-batch-table.ts'
import type { Extras } from './duckdb-parse-sql.ts'

export interface ParsedParts {
  readonly shape: TopicShape
  readonly batch: Batch
  readonly table: BatchTable
  readonly extras: Extras
  readonly refusals: readonly Refusal[]
  /** Gives the table back. */
  readonly done: () => Promise<void>
}

/** A parsed batch and the table that holds it until the last holder lets go. */
export class DuckdbParsed implements Parsed {
  readonly shape: TopicShape
  readonly batch: Batch
  readonly table: BatchTable
  readonly extras: Extras
  readonly rejects: readonly Reject[]
  readonly #done: () => Promise<void>
  #holders = 1
  #starts: Uint32Array | undefined

  constructor(parts: ParsedParts) {
    this.shape = parts.shape
    this.batch = parts.batch
    this.table = parts.table
    this.extras = parts.extras
    this.rejects = parts.refusals.map((refusal) => rejectOf(refusal, parts))
    this.#done = parts.done
  }

  retain(): void {
    if (this.#holders === 0) throw new Error('a parsed batch was retained after its last release')
    this.#holders++
  }

  async release(): Promise<void> {
    if (this.#holders === 0) throw new Error('a parsed batch was released once too often')
    this.#holders--
    if (this.#holders === 0) await this.#done()
  }

  /** The original lines of these records. */
  lines(indexes: Uint32Array): Uint8Array {
    this.#starts ??= lineStarts(this.batch)
    return pickLines(this.batch.ndjson, this.#starts, indexes)
  }
}

function rejectOf(refusal: Refusal, { shape, batch }: ParsedParts): Reject {
  const column = refusal.column === undefined ? undefined : shape.columns[refusal.column]
  const reason = wholeReason(refusal, batch) ?? rejectReason(refusal.code, column, refusal.text)
  return { offset: offsetOf(batch, refusal.index), field: column?.name ?? '', reason }
}

function wholeReason({ index, code }: Refusal, batch: Batch): string | undefined {
  const exact = batch.exact?.get(index)
  if (code !== 'record' || exact === undefined) return undefined
  if (exact === null) return 'this has no value (a tombstone)'
  return isUtf8(exact) ? undefined : 'this is not UTF-8 text'
}
