import type { Plan } from '#engine/core/plan.ts'
import type { Log } from '#engine/ports/adapter.ts'
import type { Broker } from '#engine/ports/broker.ts'
import { sleep } from '#engine/ports/sleep.ts'

const EVERY_MS = 60_000

export interface RetentionParts {
  readonly broker: Broker
  readonly plans: () => readonly Plan[]
  readonly log: Log
}

/** Applies the topics' retention once a minute until disposed: never past a reader that a known pipeline declares. */
export function startRetention(parts: RetentionParts, everyMs = EVERY_MS): AsyncDisposable {
  const ended = new AbortController()
  const running = keepApplying(parts, everyMs, ended.signal)
  return {
    async [Symbol.asyncDispose]() {
      ended.abort()
      await running
    },
  }
}

async function keepApplying(
  { broker, plans, log }: RetentionParts,
  everyMs: number,
  signal: AbortSignal,
): Promise<void> {
  for (await sleep(everyMs, signal); !signal.aborted; await sleep(everyMs, signal)) {
    try {
      const removed = await broker.retain(declaredReaders(plans()))
      if (removed > 0) log.info({ removed }, 'retention removed records')
    } catch (error) {
      log.warn({ err: error }, 'retention could not be applied; trying again in a minute')
    }
  }
}

/** Every group that these plans declare, with the topics it reads. */
export function declaredReaders(plans: readonly Plan[]): ReadonlyMap<string, readonly string[]> {
  const readers = plans.flatMap((plan) => [
    ...plan.checkers.map(({ group, topic }) => [group, [topic]] as const),
    ...[...plan.filters, ...plan.aggregates, ...plan.lakeSinks, ...plan.databaseSinks].map(
      ({ group, from }) => [group, from] as const,
    ),
  ])
  return new Map(readers)
}
