import type { WireError } from '#contract/wire-error.ts'
import { fromWireError } from '#engine/core/wire-error.ts'
import type { Database, DatabasePosition } from '#engine/ports/database.ts'
import type { DatabaseCall } from './messages.ts'

export interface DatabaseProxy {
  /** What a job uses of the database. */
  readonly database: Pick<Database, DatabaseCall['method']>
  /** Gives an answer to the call that waits for it. */
  answer(id: number, outcome: { readonly value?: unknown; readonly error?: WireError }): void
}

/** The engine's database as a job process sees it: each call is a message, and its answer another. */
export function databaseProxy(
  post: (message: { readonly id: number; readonly call: DatabaseCall }) => void,
): DatabaseProxy {
  const waiting = new Map<number, PromiseWithResolvers<unknown>>()
  let last = 0

  function ask(call: DatabaseCall): Promise<unknown> {
    const id = ++last
    const answer = Promise.withResolvers<unknown>()
    waiting.set(id, answer)
    post({ id, call })
    return answer.promise
  }

  return {
    database: {
      ensureTable: async (...args) => void (await ask({ method: 'ensureTable', args })),
      position: async (...args) => asPosition(await ask({ method: 'position', args })),
      async insert(...args) {
        const position = asPosition(await ask({ method: 'insert', args }))
        if (!position) throw new Error('the engine answered an insert without totals')
        return position
      },
    },
    answer(id, { value, error }) {
      const asked = waiting.get(id)
      waiting.delete(id)
      if (error) asked?.reject(fromWireError(error))
      else asked?.resolve(value)
    },
  }
}

function asPosition(value: unknown): DatabasePosition | undefined {
  return isPosition(value) ? value : undefined
}

function isPosition(value: unknown): value is DatabasePosition {
  return typeof value === 'object' && value !== null && 'next' in value
}
