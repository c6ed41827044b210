import type { Records } from '#engine/core/batch.ts'
import type { SourceLimits } from '#engine/ports/producer.ts'
import { ByteWriter } from './byte-writer.ts'
import type { GeneratedField, Moment, Scalar } from './generated-field.ts'
import type { GeneratedFields } from './generator-fields.ts'
import type { GeneratorFaults } from './generator-faults.ts'

const OPEN_BRACE = 123
const CLOSE_BRACE = 125
const NEWLINE = 10

export interface Stretch {
  readonly from: number
  readonly now: number
  readonly max: SourceLimits
}

/** Writes records by their numbers: the same numbers give the same bytes, but for `now`. */
export class GeneratedRecords {
  readonly #fields: readonly GeneratedField[]
  readonly #key: GeneratedField | undefined
  readonly #faults: GeneratorFaults | undefined
  readonly #maxBytes: number
  #capacity = 64 * 1024

  constructor(fields: GeneratedFields, key: string | undefined, faults: GeneratorFaults | undefined) {
    this.#fields = [...fields.values()]
    this.#key = key === undefined ? undefined : fields.get(key)
    this.#faults = faults
    this.#maxBytes = this.#fields.reduce((sum, { maxBytes }) => sum + maxBytes, 2)
  }

  /** Records from a number on, as many as the limits allow: one at least. */
  make({ from, now, max }: Stretch): Records {
    const out = new ByteWriter(this.#capacity)
    const keys: (string | null)[] = []
    const moment: Moment = { now }
    let count = 0
    while (count < max.records && (count === 0 || out.at + this.#maxBytes <= max.bytes)) {
      const n = this.#originalOf(from + count)
      moment.now = now - (this.#faults?.late(n) ?? 0)
      if (count > 0) out.byte(NEWLINE)
      this.#write(n, out, moment)
      keys.push(keyText(this.#key?.value(n, moment)))
      count++
    }
    this.#capacity = out.bytes.length
    return { count, ndjson: out.written(), ...(this.#key && { keys }) }
  }

  #originalOf(n: number): number {
    return this.#faults ? this.#faults.original(n) : n
  }

  #write(n: number, out: ByteWriter, moment: Moment): void {
    out.reserve(this.#maxBytes)
    const start = out.at
    if (this.#fields.length === 0) out.byte(OPEN_BRACE)
    for (const field of this.#fields) field.write(n, out, moment)
    out.byte(CLOSE_BRACE)
    if (this.#faults?.malformed(n)) out.at = start + Math.ceil((out.at - start) / 2)
  }
}

function keyText(value: Scalar | undefined): string | null {
  return value === null || value === undefined ? null : String(value)
}
