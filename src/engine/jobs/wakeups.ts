import type { Broker } from '#engine/ports/broker.ts'

export interface Wait {
  /** What `mark` said before the caller looked; growth since then ends the wait at once. */
  readonly since: number
  readonly ms: number
  readonly signal: AbortSignal
}

/** Wakes whoever waits for a topic to grow. One `follow` serves every reader of the process. */
export interface Wakeups extends AsyncDisposable {
  /** How often the topic has been seen to grow. Taken before looking, so that no growth falls between look and wait. */
  mark(topic: string): number
  /** Resolves when the topic has grown since the mark, `ms` have passed, or the signal aborts. Never rejects. */
  wait(topic: string, wait: Wait): Promise<void>
  /** Ends every wait now, as if all topics had grown. */
  wakeAll(): void
}

export function openWakeups(broker: Broker, topics: readonly string[]): Wakeups {
  const ended = new AbortController()
  const grown = new Map<string, number>()
  const waiting = new Map<string, Set<() => void>>(topics.map((topic) => [topic, new Set()]))
  const mark = (topic: string): number => grown.get(topic) ?? 0
  const following = follow()

  async function follow(): Promise<void> {
    for await (const seen of broker.follow(topics, ended.signal)) seen.forEach(wakeTopic)
  }

  function wakeTopic(topic: string): void {
    grown.set(topic, mark(topic) + 1)
    for (const wake of waiting.get(topic) ?? []) wake()
  }

  function wait(topic: string, { since, ms, signal }: Wait): Promise<void> {
    if (signal.aborted || mark(topic) !== since) return Promise.resolve()
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer)
        waiting.get(topic)?.delete(wake)
        signal.removeEventListener('abort', wake)
        resolve()
      }
      const timer = setTimeout(wake, ms)
      waiting.get(topic)?.add(wake)
      signal.addEventListener('abort', wake, { once: true })
    })
  }

  return {
    mark,
    wait,
    wakeAll: () => topics.forEach(wakeTopic),
    async [Symbol.asyncDispose]() {
      ended.abort()
      await following
    },
  }
}
