/**
 * Records on their way into a topic. Values are lines of `ndjson`, joined by "\n" without one at the end, untouched by
 * JSON.parse; a line never holds a raw newline. A value that can't be a line (it is no JSON and holds a newline, it is
 * not UTF-8, or it is a tombstone) has an empty line, and its bytes (null: tombstone) stand in `exact` by index.
 */
export interface Records {
  /** How many records. `count` lines, `count` keys, `count` timestamps. */
  readonly count: number
  readonly ndjson: Uint8Array
  /** Where each line ends, behind its last byte, if whoever made them knows: else it is found by looking. */
  readonly ends?: Uint32Array
  /** Null where a record has no key. Absent: no record has one. */
  readonly keys?: readonly (string | null)[]
  /** Milliseconds since 1970 UTC. Absent: the broker's clock at the append, the same for all. */
  readonly timestamps?: Float64Array
  readonly exact?: ReadonlyMap<number, Uint8Array | null>
  /** Where a filter's records came from: topic, partition, and the source offset of each. */
  readonly origin?: Origin
}

export interface Origin {
  readonly topic: string
  readonly partition: number
  readonly offsets: Float64Array
}

/** Records of one partition as read, oldest first. Offset of record i: `offsets?.[i] ?? firstOffset + i`. */
export interface Batch {
  readonly topic: string
  readonly partition: number
  readonly firstOffset: number
  /** The offset after the last one consumed by this batch: past the last record, and past markers behind it. */
  readonly nextOffset: number
  readonly count: number
  /** Only where offsets have gaps (compacted topics, transaction markers). */
  readonly offsets?: Float64Array
  readonly timestamps: Float64Array
  readonly keys: readonly (string | null)[]
  readonly ndjson: Uint8Array
  readonly exact?: ReadonlyMap<number, Uint8Array | null>
  readonly origin?: Origin
}

/** Offsets given to appended records: first and last, inclusive. An empty append has last = first - 1. */
export interface OffsetRange {
  readonly topic: string
  readonly partition: number
  readonly first: number
  readonly last: number
}
