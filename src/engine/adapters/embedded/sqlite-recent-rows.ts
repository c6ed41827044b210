import type { BatchRow } from './sqlite-batch-row.ts'
import type { PartitionRow } from './sqlite-partitions.ts'
import type { Sql } from './sqlite-sql.ts'

/** For as many readers at once; a row is some 8 MiB at most. */
const MAX_ROWS = 4

/** Rows that were read in part: who goes on in small steps needn't load and check the whole row again at each. */
export class RecentRows {
  #rows: readonly BatchRow[] = []

  /** The row that holds the offset, if it is here, and still what the store has. */
  find(sql: Sql, { topic, partition }: PartitionRow, offset: number): BatchRow | undefined {
    const row = this.#rows.find(
      (kept) =>
        kept.topic === topic && kept.partition === partition && kept.base <= offset && offset < kept.base + kept.count,
    )
    if (!row) return undefined
    const stored = sql.one<{ crc: number }>(
      'SELECT crc FROM batches WHERE topic = $topic AND partition = $partition AND base = $base',
      { topic, partition, base: row.base },
    )
    return stored?.crc === row.crc ? row : undefined
  }

  /** To be called with the row that a read ended in: kept if there is more in it, else let go. */
  endedIn(row: BatchRow, all: boolean): void {
    const others = this.#rows.filter((kept) => kept !== row)
    this.#rows = all ? others : [row, ...others].slice(0, MAX_ROWS)
  }
}
