import type { Records } from '#engine/core/batch.ts'
import { partitionOf } from '#engine/core/murmur2.ts'
import type { Routed } from '#engine/core/route-records.ts'
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
  readonly partitions: number
  readonly turn: number
}

export interface Stretched {
  readonly count: number
  readonly routed: readonly Routed[]
}

/** The records of a stretch that go to one partition. */
class GeneratedRoute {
  readonly out: ByteWriter
  readonly #keys: (string | null)[] = []
  readonly #ends: number[] = []

  constructor(capacity: number) {
    this.out = new ByteWriter(capacity)
  }

  get count(): number {
    return this.#ends.length
  }

  ended(key: string | null): void {
    this.#keys.push(key)
    this.#ends.push(this.out.at)
  }

  records(keyed: boolean): Records {
    const ends = Uint32Array.from(this.#ends)
    return { count: this.count, ndjson: this.out.written(), ends, ...(keyed && { keys: this.#keys }) }
  }
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

  /**
   * Records from a number on, as many as the limits allow, one at least; each goes to its key's partition as it is
   * written, all of those without a key to partition `turn % partitions`.
   */
  make({ from, now, max, partitions, turn }: Stretch): Stretched {
    const routes = Array.from({ length: partitions }, () => new GeneratedRoute(this.#capacity))
    const moment: Moment = { now }
    let count = 0
    let bytes = 0
    while (count < max.records && (count === 0 || bytes + this.#maxBytes <= max.bytes)) {
      const n = this.#originalOf(from + count)
      moment.now = now - (this.#faults?.late(n) ?? 0)
      const key = keyText(this.#key?.value(n, moment))
      const route = routes[key === null ? turn % partitions : partitionOf(key, partitions)]
      if (!route) break
      const before = route.out.at
      if (before > 0) route.out.byte(NEWLINE)
      this.#write(n, route.out, moment)
      route.ended(key)
      bytes += route.out.at - before
      count++
    }
    this.#capacity = Math.max(...routes.map(({ out }) => out.bytes.length))
    const keyed = this.#key !== undefined
    const routed = routes.flatMap((route, partition) =>
      route.count === 0 ? [] : [{ partition, records: route.records(keyed) }],
    )
    return { count, routed }
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
