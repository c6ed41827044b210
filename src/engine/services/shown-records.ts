import { isUtf8 } from 'node:buffer'
import type { ShownRecord } from '#contract/topics.ts'
import type { Batch } from '#engine/core/batch.ts'
import { lineEnd } from '#engine/core/lines.ts'

/** The records of a batch as people see them, in the order of their offsets. */
export function shownRecords(batch: Batch): ShownRecord[] {
  const shown: ShownRecord[] = []
  let start = 0
  for (let index = 0; index < batch.count; index++) {
    const end = lineEnd(batch.ndjson, start)
    const exact = batch.exact?.get(index)
    const bytes = exact === undefined ? batch.ndjson.subarray(start, end) : exact
    shown.push({
      partition: batch.partition,
      offset: batch.offsets?.[index] ?? batch.firstOffset + index,
      timestamp: batch.timestamps[index] ?? 0,
      key: batch.keys[index] ?? null,
      ...valueOf(bytes),
      ...originOf(batch, index),
    })
    start = end + 1
  }
  return shown
}

function valueOf(bytes: Uint8Array | null): Pick<ShownRecord, 'value' | 'encoding'> {
  if (bytes === null) return { value: null }
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return isUtf8(buffer) ? { value: buffer.toString('utf8') } : { value: buffer.toString('base64'), encoding: 'base64' }
}

/** The lineage of a filter's record, as the header that it has on a Kafka. */
function originOf({ origin }: Batch, index: number): Pick<ShownRecord, 'headers'> {
  const offset = origin?.offsets[index]
  if (!origin || offset === undefined || Number.isNaN(offset)) return {}
  return { headers: { 'sluice.from': `${origin.topic}/${origin.partition}/${offset}` } }
}
