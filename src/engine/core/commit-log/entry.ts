/** What the last consumed record of a topic partition looked like, by which a topic that was made again is found out. */
export interface Print {
  readonly offset: number
  /** Milliseconds since 1970 UTC. */
  readonly timestamp: number
  /** CRC-32 of the value's bytes. */
  readonly crc: number
}

/** A file that an entry files: from the log's tmp folder to its place below the sink's path. */
export interface EntryFile {
  /** Its name in the tmp folder: `<n>-<uuid>`. */
  readonly tmp: string
  /** Relative to the sink's path: `dt=2026-11-22/hour=01/<data file name>`. */
  readonly final: string
  readonly rows: number
  readonly bytes: number
}

/** Running counts of records up to an entry: `in` = filed + rejected. `files`: data files that stand in the lake. */
export interface Totals {
  readonly in: number
  readonly filed: number
  readonly rejected: number
  /** Offsets that retention took before they were read; not in `in`. */
  readonly lost: number
  readonly files: number
}

/** What an entry says beyond its place in the log. */
export interface Draft {
  /** Always the previous `last + 1`. */
  readonly first: number
  /** The last offset consumed: records, rejects and markers alike. A fence consumes nothing: `first - 1`. A rebuild goes back. */
  readonly last: number
  readonly lost?: number
  /** Records filed and rejected by this entry. */
  readonly rows: number
  readonly rejected: number
  readonly files: readonly EntryFile[]
  /** Files, relative to the sink's path, that go once this entry stands. */
  readonly removes?: readonly string[]
  /** The topic's incarnation; "" while nothing was ever filed. */
  readonly topic: string
  readonly print: Print | null
  /** A name for the columns that the files have. */
  readonly schema: string
  readonly totals: Totals
}

/** Entry `n` of the commit log of one (sink, topic, partition). It stands for ever as it was put; `prev` is the id of entry n - 1. */
export interface Entry extends Draft {
  readonly n: number
  readonly id: string
  readonly prev: string | null
}

/** The owner's place in the log: its newest entry, and the lowest number that the chain still holds. */
export interface LogPosition extends Pick<Entry, 'n' | 'id' | 'last' | 'topic' | 'print' | 'schema' | 'totals'> {
  readonly floor: number
}

/** Totals of a log in which nothing was filed. */
export const NO_TOTALS: Totals = { in: 0, filed: 0, rejected: 0, lost: 0, files: 0 }

/** The first entry of every log. */
export function rootEntry(id: string): Entry {
  const nothing = { rows: 0, rejected: 0, files: [], topic: '', print: null, schema: '', totals: NO_TOTALS }
  return { n: 0, id, prev: null, first: 0, last: -1, ...nothing }
}

/** An entry that consumes nothing and changes nothing but what `change` says. */
export function idleDraft(at: LogPosition, change: Partial<Draft> = {}): Draft {
  const { last, topic, print, schema, totals } = at
  return { first: last + 1, last, rows: 0, rejected: 0, files: [], topic, print, schema, totals, ...change }
}

/** The owner's place after `entry`. */
export function positionAfter(entry: Entry, floor: number): LogPosition {
  const { n, id, last, topic, print, schema, totals } = entry
  return { n, id, last, topic, print, schema, totals, floor }
}
