import { AsyncIteratorClass } from '@orpc/server'
import { toOrpcError } from './wire-errors.ts'

/**
 * A service's stream as a procedure answers it: leaving the loop aborts the work behind it at once, also while it
 * waits for its next item, and what it throws crosses as our error.
 */
export function stream<T>(
  open: (signal: AbortSignal) => AsyncIterable<T>,
  signal: AbortSignal | undefined,
): AsyncIteratorClass<T, void, void> {
  const left = new AbortController()
  const source = open(signal ? AbortSignal.any([signal, left.signal]) : left.signal)[Symbol.asyncIterator]()
  const next = async (): Promise<IteratorResult<T, void>> => {
    try {
      const item = await source.next()
      return item.done === true ? { done: true, value: undefined } : item
    } catch (error) {
      throw toOrpcError(error)
    }
  }
  return new AsyncIteratorClass<T, void, void>(next, async (reason) => {
    left.abort()
    if (reason !== 'next') await source.return?.()
  })
}

/** Maps the items of a stream. */
export async function* mapStream<A, B>(source: AsyncIterable<A>, map: (item: A) => B): AsyncGenerator<B> {
  for await (const item of source) yield map(item)
}
