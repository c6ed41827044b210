import { createORPCClient, type ClientContext, type ClientLink, type ClientOptions } from '@orpc/client'
import { AsyncIteratorClass, createRouterClient } from '@orpc/server'
import type { Client } from '#contract/contract.ts'
import { router, type RouterContext } from './router.ts'
import { fromOrpcError } from './wire-errors.ts'

type Options = ClientOptions<ClientContext>
type Link = ClientLink<ClientContext>

/** A client whose calls and streams fail with SluiceErrors, whatever carries them. */
export function clientOver(link: Link): Client {
  return createORPCClient<Client>({
    call: async (path, input, options) => {
      const output = await link.call(path, input, options).catch(rethrow)
      return isIterator(output) ? mended(output) : output
    },
  })
}

/** A client of an engine in this process: the same checks and the same errors as over a socket. */
export function localClient(context: RouterContext): Client {
  const procedures: unknown = createRouterClient(router, { context })
  return clientOver({ call: (path, input, options) => procedureAt(procedures, path)(input, options) })
}

type Call = (input: unknown, options: Options) => Promise<unknown>

function procedureAt(root: unknown, path: readonly string[]): Call {
  let at: unknown = root
  for (const part of path) at = isHolder(at) ? at[part] : undefined
  const found = at
  if (typeof found !== 'function') throw new TypeError(`no procedure ${path.join('.')}`)
  return async (input, options) => {
    const answer: unknown = await Reflect.apply(found, undefined, [input, options])
    return answer
  }
}

function isHolder(value: unknown): value is Record<string, unknown> {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}

function isIterator(value: unknown): value is AsyncIterator<unknown, unknown, void> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value && 'next' in value
}

function mended(source: AsyncIterator<unknown, unknown, void>): AsyncIteratorClass<unknown, unknown, void> {
  return new AsyncIteratorClass(
    () => source.next().catch(rethrow),
    async (reason) => {
      if (reason !== 'next') await source.return?.()
    },
  )
}

function rethrow(error: unknown): never {
  throw fromOrpcError(error)
}
