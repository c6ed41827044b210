/** Folders by the time of a record, from the coarser to the finer: none, the day, or the day and the hour. */
export type PartitionBy = readonly ('dt' | 'hour')[]

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** So long after its end a folder still counts as open: the batches that hold its last records are about to be filed. */
const SETTLE_MS = 120_000

/** The folder of a record of this time, in UTC: `dt=2026-11-22/hour=01`; "" without partitions. */
export function partitionFolder(partitionBy: PartitionBy, time: Date): string {
  const iso = time.toISOString()
  return partitionBy.map((part) => (part === 'dt' ? `dt=${iso.slice(0, 10)}` : `hour=${iso.slice(11, 13)}`)).join('/')
}

/** The folder that the records of `now` go into, milliseconds since 1970: all that sort before it have ended. */
export function openFolder(partitionBy: PartitionBy, now: number): string {
  return partitionFolder(partitionBy, new Date(now - SETTLE_MS))
}

/** When the open folder of `now` will have ended, milliseconds since 1970; Infinity without partitions. */
export function openFolderEnds(partitionBy: PartitionBy, now: number): number {
  if (partitionBy.length === 0) return Infinity
  const length = partitionBy.includes('hour') ? HOUR_MS : DAY_MS
  return (Math.floor((now - SETTLE_MS) / length) + 1) * length + SETTLE_MS
}
