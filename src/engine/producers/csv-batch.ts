import { isUtf8 } from 'node:buffer'
import type { Records } from '#engine/core/batch.ts'
import { ByteWriter } from './byte-writer.ts'
import { CsvEncoder } from './csv-encoder.ts'
import type { CsvLayout } from './csv-encoder.ts'

const NEWLINE = 10
const CAPACITY = 256 * 1024

/** Records in the making. */
export class CsvBatch {
  readonly #out = new ByteWriter(CAPACITY)
  readonly #encoder: CsvEncoder
  readonly #keys: (string | null)[] = []
  readonly #exact = new Map<number, Uint8Array>()
  readonly #keyed: boolean
  #before = 0
  #exactBytes = 0
  count = 0

  constructor(layout: CsvLayout) {
    this.#encoder = new CsvEncoder(layout, this.#out)
    this.#keyed = layout.key !== undefined
  }

  /** In bytes, exact values included. */
  get size(): number {
    return this.#out.at + this.#exactBytes
  }

  /** Adds a CSV record as a JSON object, or as its raw line where it can't be one. */
  add(bytes: Uint8Array, from: number, to: number): void {
    this.#startLine()
    const { taken, key } = this.#encoder.encode(bytes, from, to)
    if (taken) this.#count(key)
    else this.#raw(bytes.subarray(from, to))
  }

  /** Adds a line that is no record. */
  addRaw(line: Uint8Array): void {
    this.#startLine()
    this.#raw(line)
  }

  /** Takes back what was added last. */
  undo(): void {
    this.count--
    this.#out.at = this.#before
    this.#keys.length = this.count
    this.#exactBytes -= this.#exact.get(this.count)?.length ?? 0
    this.#exact.delete(this.count)
  }

  records(): Records {
    return {
      count: this.count,
      ndjson: this.#out.written(),
      ...(this.#keyed && { keys: this.#keys }),
      ...(this.#exact.size > 0 && { exact: this.#exact }),
    }
  }

  #startLine(): void {
    this.#before = this.#out.at
    this.#out.reserve(1)
    if (this.count > 0) this.#out.byte(NEWLINE)
  }

  /** What may hold newlines, or isn't UTF-8, is no line: its bytes stand beside. Nor may it be taken for an object. */
  #raw(line: Uint8Array): void {
    if (line.includes(NEWLINE) || !isUtf8(line)) {
      this.#exact.set(this.count, new Uint8Array(line))
      this.#exactBytes += line.length
    } else if (/^\s*\{/.test(Buffer.from(line.subarray(0, 64)).toString('latin1'))) {
      this.#out.append(Buffer.from(JSON.stringify(Buffer.from(line).toString('utf8'))))
    } else this.#out.append(line)
    this.#count(null)
  }

  #count(key: string | null): void {
    this.count++
    if (this.#keyed) this.#keys.push(key)
  }
}
