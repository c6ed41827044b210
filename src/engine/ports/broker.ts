import type { Batch, OffsetRange, Records } from '#engine/core/batch.ts'

export interface TopicSettings {
  readonly partitions: number
  readonly retention?: { readonly bytes?: number; readonly ms?: number }
}

export interface TopicDescription {
  readonly name: string
  /** A new one each time a topic of this name is made. */
  readonly incarnation: string
  readonly retention?: { readonly bytes?: number; readonly ms?: number }
  readonly partitions: readonly PartitionDescription[]
}

/** Offsets in [low, high) are held. `appended`: records ever appended, whatever retention took since. */
export interface PartitionDescription {
  readonly partition: number
  readonly low: number
  readonly high: number
  readonly appended: number
  readonly bytes: number
}

/** What a group has committed for one partition: the next offset to read, and the committer's own words (JSON text). */
export interface Position {
  readonly next: number
  readonly metadata: string
}

export interface Commit extends Position {
  readonly group: string
  readonly topic: string
  readonly partition: number
}

export interface Append {
  readonly topic: string
  readonly partition: number
  readonly records: Records
}

export interface Transaction {
  readonly appends: readonly Append[]
  readonly commits: readonly Commit[]
}

export interface GroupDescription {
  readonly group: string
  readonly positions: readonly (Position & {
    readonly topic: string
    readonly partition: number
    readonly lag: number
  })[]
}

export interface ReadLimits {
  readonly maxRecords: number
  readonly maxBytes: number
}

/** The one writer under an id. */
export interface Writer extends AsyncDisposable {
  /**
   * Appends and commits as one: all of it is durable when it resolves, none of it is there if it rejects. Offsets come
   * back in the order of `appends`. Throws FENCED for ever once another has opened a writer of this id.
   */
  transact(transaction: Transaction): Promise<readonly OffsetRange[]>
  /** Idempotent. */
  close(): Promise<void>
}

/**
 * Topics of partitions of records. Records of a partition have ascending offsets in the order of their appends; what was
 * acknowledged survives kill -9 and power cuts. Several processes may have the same broker open. Errors: TOPIC_UNKNOWN,
 * STORE_DAMAGED, DISK_FULL and NOT_CONNECTED (both retryable).
 */
export interface Broker extends AsyncDisposable {
  /** Makes the topic, or finds it with these partitions; TOPIC_EXISTS where it has others. A changed retention is set. */
  ensureTopic(name: string, settings: TopicSettings): Promise<TopicDescription>
  /** Deletes topic, records and positions on it. Deleting what isn't there is done already. */
  deleteTopic(name: string): Promise<void>
  /** All topics, or those named (TOPIC_UNKNOWN if one isn't there), by name. */
  describeTopics(names?: readonly string[]): Promise<readonly TopicDescription[]>

  /** `transact` of one append without a writer: durable when it resolves, nothing written if it rejects. */
  append(topic: string, partition: number, records: Records): Promise<OffsetRange>
  /** Fences whoever has a writer of this id, then is the only one. */
  openWriter(id: string): Promise<Writer>

  /**
   * Committed records from `from` on, at least one, at most the limits (one record larger than maxBytes comes alone);
   * undefined at the end. OFFSET_OUT_OF_RANGE where `from` is below `low` or above `high`: no reset ever.
   */
  read(topic: string, partition: number, from: number, limits: ReadLimits): Promise<Batch | undefined>
  /** The first offset whose record's timestamp is ≥ `timestamp`; `high` if none. */
  offsetAt(topic: string, partition: number, timestamp: number): Promise<number>
  /** Yields the topics among `topics` that have got records, soon after (also from other processes), until aborted. */
  follow(topics: readonly string[], signal: AbortSignal): AsyncIterable<readonly string[]>

  position(group: string, topic: string, partition: number): Promise<Position | undefined>
  /** Commits without appending and without a writer: a hint for lag. */
  commit(commits: readonly Commit[]): Promise<void>
  /** All groups, or those with this prefix. */
  describeGroups(prefix?: string): Promise<readonly GroupDescription[]>
  /** Forgets every position of the group. */
  deleteGroup(group: string): Promise<void>
  /**
   * Applies retention now: removes whole batches beyond a topic's limits, but never one that a group in `keep`
   * (group → the topics it reads) has still to read. Returns the records removed.
   */
  retain(keep: ReadonlyMap<string, readonly string[]>): Promise<number>
  /** Idempotent; waits for what is under way. */
  close(): Promise<void>
}
