import { type Blobs, checksum } from './sqlite-batch-codec.ts'
import { damaged } from './sqlite-errors.ts'
import { sealOf } from './sqlite-seal.ts'

/** The small columns of a row of `batches`. */
export type RowPlace = {
  readonly topic: number
  readonly partition: number
  /** The offset of the first record. */
  readonly base: number
  readonly count: number
  /** Of all blobs. */
  readonly bytes: number
  /** The highest of the row. */
  readonly timestamp: number
  /** The highest of the partition up to and with this row. */
  readonly running_max: number
  readonly origin_topic: string | null
  readonly origin_partition: number | null
}

export type BatchRow = RowPlace & Blobs & { readonly crc: number }

/** The checksum of a whole row: of its small columns, and of its blobs' checksum. */
export function rowCrc(row: RowPlace, blobsCrc: number): number {
  const { topic, partition, base, count, bytes, timestamp, running_max, origin_topic, origin_partition } = row
  const place = { topic, partition, base, count, bytes, timestamp, running_max, origin_topic, origin_partition }
  return sealOf({ ...place, blobsCrc })
}

/** STORE_DAMAGED, naming topic, partition and offset, unless the row is as it was written. */
export function checkRow(file: string, topic: string, row: BatchRow): void {
  if (rowCrc(row, checksum(row)) === row.crc) return
  throw damaged(file, `the batch of ${topic}/${row.partition} at offset ${row.base} is not as it was written`)
}
