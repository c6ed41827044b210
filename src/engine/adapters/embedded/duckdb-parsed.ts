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
  readonly table: BatchTable
  readonly extras: Extras
  readonly rejects: readonly Reject[]
  readonly #done: () => Promise<void>
  #batch: Batch
  #holders = 1
  #rowHolders = 0
  #starts: Uint32Array | undefined

  constructor(parts: ParsedParts) {
    this.shape = parts.shape
    this.#batch = parts.batch
    this.table = parts.table
    this.extras = parts.extras
    this.rejects = parts.refusals.map((refusal) => rejectOf(refusal, parts))
    this.#done = parts.done
  }

  get batch(): Batch {
    return this.#batch
  }

  retain(): void {
    if (this.#holders === 0) throw new Error('a parsed batch was retained after its last release')
    this.#holders++
  }

  async release(): Promise<void> {
    if (this.#holders === 0) throw new Error('a parsed batch was released once too often')
    this.#holders--
    if (this.#holders > 0) return
    this.#batch = withoutLines(this.#batch)
    this.#starts = undefined
    if (this.#rowHolders === 0) await this.#done()
  }

  retainRows(): void {
    if (this.#holders + this.#rowHolders === 0) throw new Error('a parsed batch was retained after its last release')
    this.#rowHolders++
  }

  async releaseRows(): Promise<void> {
    if (this.#rowHolders === 0) throw new Error('the rows of a parsed batch were released once too often')
    this.#rowHolders--
    if (this.#holders + this.#rowHolders === 0) await this.#done()
  }

  /** The original lines of these records. */
  lines(indexes: Uint32Array): Uint8Array {
    this.#starts ??= lineStarts(this.batch)
    return pickLines(this.batch.ndjson, this.#starts, indexes)
  }
}

function withoutLines({ topic, partition, firstOffset, nextOffset, count, offsets, timestamps }: Batch): Batch {
  const place = { topic, partition, firstOffset, nextOffset, count, timestamps, ...(offsets && { offsets }) }
  return { ...place, keys: [], ndjson: new Uint8Array() }
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
