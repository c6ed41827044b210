import type { Origin, Records } from './batch.ts'
import { joinLines, lineEnd } from './lines.ts'
import { partitionOf } from './murmur2.ts'

/** What of some records goes to one partition. */
export interface Routed {
  readonly partition: number
  readonly records: Records
}

/**
 * Splits records over partitions by their keys, as Kafka's DefaultPartitioner does, each partition's in the order given.
 * Those without a key go together to partition `turn % partitions`. Partitions that get nothing are not in the answer;
 * where all go to one, the records come back as they are, uncopied.
 */
export function routeRecords(records: Records, partitions: number, turn: number): readonly Routed[] {
  if (records.count === 0) return []
  const keyless = turn % partitions
  if (partitions === 1 || !records.keys) return [{ partition: keyless, records }]
  const targets = records.keys.map((key) => (key === null ? keyless : partitionOf(key, partitions)))
  const [first = keyless] = targets
  if (targets.every((target) => target === first)) return [{ partition: first, records }]
  return split(records, targets, partitions)
}

function split(records: Records, targets: readonly number[], partitions: number): readonly Routed[] {
  const indexes = Array.from({ length: partitions }, (): number[] => [])
  const lines = Array.from({ length: partitions }, (): Uint8Array[] => [])
  let start = 0
  for (const [index, partition] of targets.entries()) {
    const end = lineEnd(records.ndjson, start)
    indexes[partition]?.push(index)
    lines[partition]?.push(records.ndjson.subarray(start, end))
    start = end + 1
  }
  return indexes.flatMap((picked, partition) => {
    if (picked.length === 0) return []
    return [{ partition, records: pick(records, picked, joinLines(lines[partition] ?? [])) }]
  })
}

function pick(records: Records, indexes: readonly number[], ndjson: Uint8Array): Records {
  const { keys, timestamps, origin } = records
  const exact = pickExact(records.exact, indexes)
  return {
    count: indexes.length,
    ndjson,
    ...(keys && { keys: indexes.map((index) => keys[index] ?? null) }),
    ...(timestamps && { timestamps: pickNumbers(timestamps, indexes) }),
    ...(exact.size > 0 && { exact }),
    ...(origin && { origin: pickOrigin(origin, indexes) }),
  }
}

function pickExact(exact: Records['exact'], indexes: readonly number[]): Map<number, Uint8Array | null> {
  const picked = new Map<number, Uint8Array | null>()
  if (!exact || exact.size === 0) return picked
  for (const [to, from] of indexes.entries()) {
    const bytes = exact.get(from)
    if (bytes !== undefined) picked.set(to, bytes)
  }
  return picked
}

function pickOrigin(origin: Origin, indexes: readonly number[]): Origin {
  return { ...origin, offsets: pickNumbers(origin.offsets, indexes) }
}

function pickNumbers(numbers: Float64Array, indexes: readonly number[]): Float64Array {
  const picked = new Float64Array(indexes.length)
  for (const [to, from] of indexes.entries()) picked[to] = numbers[from] ?? Number.NaN
  return picked
}
