/** Column types of the pipeline format. `decimal(p,s)`: 1 ≤ p ≤ 38, 0 ≤ s ≤ p. */
export type ColumnType =
  | 'string'
  | 'int'
  | 'long'
  | 'double'
  | 'boolean'
  | 'timestamp'
  | 'date'
  | 'json'
  | `decimal(${number},${number})`

/** One column of a topic, with the checks that a record has to pass. Names match `[a-z][a-z0-9_]*`. */
export interface Column {
  readonly name: string
  readonly type: ColumnType
  /** A record without a value here is rejected. */
  readonly required?: boolean
  /** Inclusive bounds: numbers by value, text by its length, times as ISO 8601 text. */
  readonly min?: number | string
  readonly max?: number | string
  /** The only values allowed. */
  readonly values?: readonly (string | number | boolean)[]
  readonly description?: string
}

/** What a reader has to know of a topic to check and cast its records. */
export interface TopicShape {
  readonly topic: string
  readonly columns: readonly Column[]
  /** The timestamp column that is the record's time. Absent: the broker's timestamp. */
  readonly time?: string
}

/** Why a record can't be taken: by the casting table, a column's check, or the job that tried. */
export interface Reject {
  readonly offset: number
  /** The column, or "" where the whole record is at fault. */
  readonly field: string
  readonly reason: string
}

/** The columns of every dead-letter topic. */
export const DEAD_LETTER_COLUMNS: readonly Column[] = [
  { name: 'source_partition', type: 'int' },
  { name: 'source_offset', type: 'long' },
  { name: 'field', type: 'string' },
  { name: 'reason', type: 'string' },
  { name: 'raw', type: 'string' },
]
