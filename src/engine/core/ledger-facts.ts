/** What is durably known of one topic: records ever appended, and where it ends, in each partition. */
export interface TopicFacts {
  readonly partitions: readonly { readonly partition: number; readonly appended: number; readonly high: number }[]
}

/** What is durably known of one reader: where it stands in each partition, and its running counts over all of them. */
export interface ReaderFacts {
  readonly positions: readonly { readonly topic: string; readonly partition: number; readonly next: number }[]
  readonly in: number
  readonly lost: number
  readonly rejected: number
  readonly failed: number
  /** A filter's records, by topic. */
  readonly out?: Readonly<Record<string, number>>
  readonly dropped?: number
  readonly filed?: number
  readonly files?: number
  /** Folders that were filed and that the warehouse doesn't see yet. */
  readonly notYetVisible?: number
  readonly inserted?: number
  readonly updated?: number
  readonly late?: number
}

/** Everything the ledger is computed from. Jobs that have committed nothing yet may be absent. */
export interface LedgerFacts {
  /** Topics grew while the facts were read: what is appended can't be held against its writers now. */
  readonly moving: boolean
  readonly topics: Readonly<Record<string, TopicFacts>>
  readonly producers: Readonly<Record<string, { readonly produced: number; readonly ended: boolean }>>
  /** By topic: what people or other programs appended. */
  readonly foreign: Readonly<Record<string, number>>
  /** By topic. */
  readonly checkers: Readonly<Record<string, ReaderFacts>>
  readonly filters: Readonly<Record<string, ReaderFacts>>
  readonly aggregates: Readonly<Record<string, ReaderFacts>>
  /** Lake and database sinks. */
  readonly sinks: Readonly<Record<string, ReaderFacts>>
}

export const NO_READER_FACTS: ReaderFacts = { positions: [], in: 0, lost: 0, rejected: 0, failed: 0 }

/** Records ever appended to these topics. */
export function appendedTo(topics: readonly string[], facts: LedgerFacts): number {
  return sum(topics.flatMap((topic) => facts.topics[topic]?.partitions ?? []).map((partition) => partition.appended))
}

/**
 * Records between the reader and the end; it starts at 0 where it has no position yet. Negative where the reader's
 * position was read after the topic had grown.
 */
export function behindOf(reader: ReaderFacts, from: readonly string[], facts: LedgerFacts): number {
  const next = (topic: string, partition: number): number =>
    reader.positions.find((position) => position.topic === topic && position.partition === partition)?.next ?? 0
  return sum(
    from.flatMap((topic) =>
      (facts.topics[topic]?.partitions ?? []).map(({ partition, high }) => high - next(topic, partition)),
    ),
  )
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
