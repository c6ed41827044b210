import type { Records } from '#engine/core/batch.ts'
import type { Log } from '#engine/ports/adapter.ts'
import type { Pulled, RecordSource, SourceLimits } from '#engine/ports/producer.ts'
import { CsvBatch } from './csv-batch.ts'
import type { CsvLayout } from './csv-encoder.ts'
import type { CsvPositions } from './csv-position.ts'
import { CsvScanner } from './csv-scanner.ts'
import type { FileWindow } from './file-window.ts'
import type { Pace } from './pace.ts'

/** A record longer than this is not one: a quote was not closed, or the file is no CSV. */
const LONGEST_RECORD = 16 * 1024 * 1024

export interface CsvSourceParts {
  readonly window: FileWindow
  readonly layout: CsvLayout
  readonly positions: CsvPositions
  readonly pace: Pace
  readonly clock: () => number
  readonly log: Log
  readonly signal: AbortSignal
}

/** The records of a CSV file from the window's place on. */
export class CsvSource implements RecordSource {
  readonly #parts: CsvSourceParts
  readonly #scanner: CsvScanner
  /** The last record that was taken had a line end. */
  #closed = true

  constructor(parts: CsvSourceParts) {
    this.#parts = parts
    this.#scanner = new CsvScanner(parts.layout.delimiter)
  }

  get dueAt(): number {
    return this.#parts.pace.dueAt
  }

  async next(max: SourceLimits): Promise<Pulled | 'wait' | 'end'> {
    const { pace, clock, window, positions } = this.#parts
    const due = pace.due(clock())
    if (due === 0) return 'wait'
    const records = await this.#pull({ records: Math.min(max.records, due), bytes: max.bytes })
    if (records.count === 0) return 'end'
    pace.give(records.count)
    return { records, position: await positions.at(window.offset, this.#closed) }
  }

  async close(): Promise<void> {
    await this.#parts.window.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #pull(max: SourceLimits): Promise<Records> {
    const { window, layout } = this.#parts
    const batch = new CsvBatch(layout)
    while (batch.count < max.records && batch.size < max.bytes) {
      const found = await this.#find()
      if (found === 'end') break
      const { end, next, closed } = this.#scanner
      if (found === 'record') batch.add(window.bytes, window.at, end)
      else batch.addRaw(window.bytes.subarray(window.at, end))
      if (batch.count > 1 && batch.size > max.bytes) {
        batch.undo()
        break
      }
      window.at = next
      this.#closed = closed
      if (found === 'stretch') await this.#skipLine()
    }
    return batch.records()
  }

  /**
   * Finds the next record that isn't an empty line. Where a quote is never closed, it is the one `line` with that quote,
   * so that the lines behind it aren't lost; of a line without an end in sight it is the `stretch` in memory.
   */
  async #find(): Promise<'record' | 'line' | 'stretch' | 'end'> {
    const { window, signal } = this.#parts
    for (;;) {
      const found = this.#scanner.scan(window, window.at)
      if (found === 'record' && this.#scanner.end > window.at) return 'record'
      if (found === 'record') window.at = this.#scanner.next
      else if (found === 'unclosed' || window.bytes.length - window.at >= LONGEST_RECORD) return this.#findLine()
      else if (window.last) return 'end'
      else {
        signal.throwIfAborted()
        await window.more()
      }
    }
  }

  #findLine(): 'line' | 'stretch' {
    const { window, log } = this.#parts
    const line = this.#scanner.scanLine(window, window.at) === 'record' ? 'line' : 'stretch'
    if (line === 'stretch') this.#scanner.takeAll(window)
    log.warn({ file: window.file, byte: window.offset, found: line }, 'a record has no end: an open quote, or no CSV')
    return line
  }

  async #skipLine(): Promise<void> {
    const { window, signal } = this.#parts
    for (;;) {
      signal.throwIfAborted()
      await window.more()
      if (this.#scanner.scanLine(window, window.at) === 'record') break
      window.at = window.bytes.length
    }
    window.at = this.#scanner.next
  }
}
