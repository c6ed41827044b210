import type { Records } from '#engine/core/batch.ts'
import { lineEnd } from '#engine/core/lines.ts'
import { SluiceError } from '#engine/core/sluice-error.ts'

/** A row is read and checked as a whole: small enough for that, large enough to be few. */
const ROW_RECORDS = 20_000
const ROW_BYTES = 8 << 20
/** SQLite takes 1,000,000,000 bytes a row; the rest is for the row's other columns. */
const RECORD_BYTES = 999_000_000

/** Cuts records into pieces of the size of a row, in order. RECORD_TOO_LARGE where one record alone is too much. */
export function splitRecords(records: Records): readonly Records[] {
  if (records.count === 0) return []
  if (records.count <= ROW_RECORDS && sizeOf(records) <= ROW_BYTES) return [records]
  return [...pieces(records)]
}

function* pieces(records: Records): Iterable<Records> {
  let first = { index: 0, byte: 0 }
  let size = 0
  let at = 0
  for (let index = 0; index < records.count; index++) {
    const end = index === records.count - 1 ? records.ndjson.length : lineEnd(records.ndjson, at)
    const own = end - at + 1 + besideLine(records, index)
    if (own > RECORD_BYTES) throw tooLarge(own)
    if (index > first.index && (size + own > ROW_BYTES || index - first.index === ROW_RECORDS)) {
      yield slice(records, first, { index, byte: at - 1 })
      first = { index, byte: at }
      size = 0
    }
    size += own
    at = end + 1
  }
  yield slice(records, first, { index: records.count, byte: records.ndjson.length })
}

interface Place {
  readonly index: number
  readonly byte: number
}

function slice(records: Records, from: Place, to: Place): Records {
  const { keys, timestamps, exact, origin } = records
  const own = [...(exact ?? [])].filter(([index]) => index >= from.index && index < to.index)
  return {
    count: to.index - from.index,
    ndjson: records.ndjson.subarray(from.byte, to.byte),
    ...(keys && { keys: keys.slice(from.index, to.index) }),
    ...(timestamps && { timestamps: timestamps.subarray(from.index, to.index) }),
    ...(own.length > 0 && { exact: new Map(own.map(([index, bytes]) => [index - from.index, bytes])) }),
    ...(origin && { origin: { ...origin, offsets: origin.offsets.subarray(from.index, to.index) } }),
  }
}

function sizeOf(records: Records): number {
  let size = records.ndjson.length
  for (const bytes of records.exact?.values() ?? []) size += bytes?.length ?? 0
  for (const key of records.keys ?? []) size += key?.length ?? 0
  return size
}

function besideLine(records: Records, index: number): number {
  return (records.exact?.get(index)?.length ?? 0) + (records.keys?.[index]?.length ?? 0)
}

function tooLarge(bytes: number): SluiceError {
  return new SluiceError(
    'RECORD_TOO_LARGE',
    `appending a record of ${bytes} bytes: at most ${RECORD_BYTES} are possible`,
  )
}
