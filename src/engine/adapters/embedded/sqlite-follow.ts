import type { SqliteStore } from './sqlite-store.ts'

/** How often the file is asked whether another process has committed: some microseconds each time. */
const POLL_MS = 15

interface Length {
  readonly incarnation: string
  readonly high: number
}

/** Tells followers of topics that have grown: at once for this process's appends, by polling for those of others. */
export class SqliteFollow {
  readonly #store: SqliteStore
  #bell = Promise.withResolvers<void>()
  #followers = 0
  #poll: NodeJS.Timeout | undefined
  #closed = false

  constructor(store: SqliteStore) {
    this.#store = store
  }

  /** To be called when this process has appended. */
  ring(): void {
    this.#bell.resolve()
    this.#bell = Promise.withResolvers<void>()
  }

  /** See `Broker.follow`. A topic that isn't there yet is followed from its making on. */
  async *follow(topics: readonly string[], signal: AbortSignal): AsyncIterable<readonly string[]> {
    const wake = (): void => this.ring()
    this.#enter()
    signal.addEventListener('abort', wake)
    try {
      let seen = await this.#lengths(topics)
      while (!signal.aborted && !this.#closed) {
        // Taken before the look, so that what grows after it is not missed.
        const rung = this.#bell.promise
        const found = await this.#lengths(topics)
        const grown = topics.filter((topic) => hasGrown(seen.get(topic), found.get(topic)))
        seen = found
        if (grown.length > 0) yield grown
        else await rung
      }
    } finally {
      signal.removeEventListener('abort', wake)
      this.#leave()
    }
  }

  /** Ends every follower. */
  close(): void {
    this.#closed = true
    this.ring()
  }

  #enter(): void {
    this.#followers++
    this.#poll ??= this.#startPolling()
  }

  #leave(): void {
    this.#followers--
    if (this.#followers > 0) return
    clearInterval(this.#poll)
    this.#poll = undefined
  }

  #startPolling(): NodeJS.Timeout {
    let last: number | undefined
    return setInterval(() => {
      const version = this.#version()
      if (version === undefined || version !== last) this.ring()
      last = version
    }, POLL_MS)
  }

  /** Undefined where even this can't be read: the followers' own look then says why. */
  #version(): number | undefined {
    try {
      return this.#store.dataVersion()
    } catch {
      return undefined
    }
  }

  async #lengths(topics: readonly string[]): Promise<ReadonlyMap<string, Length>> {
    const rows = await this.#store.read('following topics', (sql) =>
      sql.all<Length & { name: string }>(
        `SELECT t.name, t.incarnation, sum(p.high) AS high FROM topics t JOIN partitions p ON p.topic = t.id
         WHERE t.name IN (SELECT value FROM json_each($topics)) GROUP BY t.id`,
        { topics: JSON.stringify(topics) },
      ),
    )
    return new Map(rows.map((row) => [row.name, row]))
  }
}

function hasGrown(before: Length | undefined, now: Length | undefined): boolean {
  return now !== undefined && now.high > (before?.incarnation === now.incarnation ? before.high : 0)
}
