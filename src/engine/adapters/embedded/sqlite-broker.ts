import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { Batch, OffsetRange, Records } from '#engine/core/batch.ts'
import { SluiceError } from '#engine/core/sluice-error.ts'
import { defineAdapter } from '#engine/ports/adapter.ts'
import type {
  Broker,
  Commit,
  GroupDescription,
  Position,
  TopicDescription,
  TopicSettings,
  Transaction,
  Writer,
} from '#engine/ports/broker.ts'
import { appendPrepared, prepareAppend } from './sqlite-appending.ts'
import { SqliteFollow } from './sqlite-follow.ts'
import { commitPositions, describeGroups, findPosition, forgetGroup } from './sqlite-positions.ts'
import { findOffsetAt } from './sqlite-offset-at.ts'
import { readBatch } from './sqlite-reading.ts'
import { RecentRows } from './sqlite-recent-rows.ts'
import { retainTopic } from './sqlite-retention.ts'
import type { Sql } from './sqlite-sql.ts'
import { SqliteStore } from './sqlite-store.ts'
import { shrink, sweep } from './sqlite-sweep.ts'
import { allTopics, describeTopics, ensureTopic, forgetTopic } from './sqlite-topics.ts'
import { openWriter } from './sqlite-writer.ts'

export const sqliteBroker = defineAdapter({
  port: 'broker',
  name: 'sqlite',
  summary: 'Topics in one SQLite file: durable, shared by the processes of this machine, no server.',
  options: z.object({
    file: z.string().min(1).describe('Path of the file. It is made, with its folder, where it is not there.'),
  }),
  open: async ({ file }, { signal }) => {
    signal?.throwIfAborted()
    return openSqliteBroker({ file, clock: Date.now })
  },
})

export interface SqliteBrokerOptions {
  readonly file: string
  /** Milliseconds since 1970 UTC: the timestamps of records that bring none, and the age of batches. */
  readonly clock: () => number
}

export async function openSqliteBroker({ file, clock }: SqliteBrokerOptions): Promise<Broker> {
  const store = await SqliteStore.open(file)
  try {
    await sweep(store)
    return new SqliteBroker(store, clock)
  } catch (error) {
    await store.close()
    throw error
  }
}

/** The port on one open store. */
export class SqliteBroker implements Broker {
  readonly #store: SqliteStore
  readonly #follow: SqliteFollow
  readonly #recent = new RecentRows()
  readonly #clock: () => number

  constructor(store: SqliteStore, clock: () => number) {
    this.#store = store
    this.#follow = new SqliteFollow(store)
    this.#clock = clock
  }

  async ensureTopic(name: string, settings: TopicSettings): Promise<TopicDescription> {
    const wanted = { ...settings, incarnation: randomUUID() }
    return this.#store.write(`making topic ${name}`, (sql) => ensureTopic(sql, name, wanted))
  }

  async deleteTopic(name: string): Promise<void> {
    await this.#store.write(`deleting topic ${name}`, (sql) => forgetTopic(sql, name))
    await sweep(this.#store)
  }

  async describeTopics(names?: readonly string[]): Promise<readonly TopicDescription[]> {
    return this.#store.read('describing topics', (sql) => describeTopics(sql, names))
  }

  async append(topic: string, partition: number, records: Records): Promise<OffsetRange> {
    const [range] = await this.#transact({ appends: [{ topic, partition, records }], commits: [] })
    if (!range) throw new SluiceError('INTERNAL', `appending to ${topic}/${partition}`)
    return range
  }

  async openWriter(id: string): Promise<Writer> {
    return openWriter(this.#store, id, (transaction, guard) => this.#transact(transaction, guard))
  }

  async read(...[topic, partition, from, limits]: Parameters<Broker['read']>): Promise<Batch | undefined> {
    const request = { topic, partition, from, limits }
    return this.#store.read(`reading ${topic}/${partition}`, (sql) => readBatch(sql, request, this.#recent))
  }

  async offsetAt(topic: string, partition: number, timestamp: number): Promise<number> {
    const request = { topic, partition, timestamp }
    return this.#store.read(`searching ${topic}/${partition}`, (sql) => findOffsetAt(sql, request))
  }

  follow(topics: readonly string[], signal: AbortSignal): AsyncIterable<readonly string[]> {
    return this.#follow.follow(topics, signal)
  }

  async position(group: string, topic: string, partition: number): Promise<Position | undefined> {
    const key = { group, topic, partition }
    return this.#store.read(`reading the position of ${group}`, (sql) => findPosition(sql, key))
  }

  async commit(commits: readonly Commit[]): Promise<void> {
    await this.#transact({ appends: [], commits })
  }

  async describeGroups(prefix = ''): Promise<readonly GroupDescription[]> {
    return this.#store.read('describing groups', (sql) => describeGroups(sql, prefix))
  }

  async deleteGroup(group: string): Promise<void> {
    await this.#store.write(`deleting group ${group}`, (sql) => forgetGroup(sql, group))
  }

  async retain(keep: ReadonlyMap<string, readonly string[]>): Promise<number> {
    const topics = await this.#store.read('applying retention', allTopics)
    let removed = 0
    for (const topic of topics) removed += await this.#retainTopic(topic.name, keep)
    if (removed > 0) await shrink(this.#store)
    return removed
  }

  async close(): Promise<void> {
    this.#follow.close()
    await this.#store.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #transact({ appends, commits }: Transaction, guard?: (sql: Sql) => void): Promise<readonly OffsetRange[]> {
    const now = this.#clock()
    const prepared = appends.map((append) => prepareAppend(append, now))
    const ranges = await this.#store.write(describeWork({ appends, commits }), (sql) => {
      guard?.(sql)
      const appended = prepared.map((append) => appendPrepared(sql, append))
      commitPositions(sql, commits)
      return appended
    })
    if (ranges.some((range) => range.last >= range.first)) this.#follow.ring()
    return ranges
  }

  async #retainTopic(topic: string, keep: ReadonlyMap<string, readonly string[]>): Promise<number> {
    const request = { topic, keep, now: this.#clock() }
    let removed = 0
    for (let more = true; more; ) {
      const taken = await this.#store.write(`removing old records of ${topic}`, (sql) => retainTopic(sql, request))
      removed += taken.removed
      more = taken.more
    }
    return removed
  }
}

function describeWork({ appends, commits }: Transaction): string {
  const [append] = appends
  if (append) return `appending to ${append.topic}/${append.partition}`
  return `committing the position of ${commits[0]?.group ?? 'no group'}`
}
