import { getEventIteratorSchemaDetails, isContractProcedure } from '@orpc/contract'
import { RPCLink } from '@orpc/client/websocket'
import type { ClientContext, ClientLink } from '@orpc/client'
import { AsyncIteratorClass } from '@orpc/server'
import { WebSocket, type RawData } from 'ws'
import { contract, type Client } from '#contract/contract.ts'
import { SluiceError } from '#engine/core/sluice-error.ts'
import { clientOver } from './client.ts'
import { findSocket } from './socket-path.ts'

/** An answer may be large (a page with one very long value); it comes from our own engine. */
const MAX_ANSWER_BYTES = 512 * 1024 * 1024
/** Items of a stream that wait here before its connection is paused. */
const MAX_WAITING_ITEMS = 32
const OPEN_TIMEOUT_MS = 5_000

/** A connection to the engine of a data folder. */
export interface Connection extends AsyncDisposable {
  readonly client: Client
  /** Resolves when the engine has gone away or the connection was closed. */
  readonly closed: Promise<void>
  /** Idempotent. */
  close(): Promise<void>
}

/**
 * Connects to the engine that runs on a data folder; undefined where none does (no socket, or one that a dead engine
 * left). Each stream has a connection of its own: a slow reader holds up its own stream only.
 */
export async function connect(home: string): Promise<Connection | undefined> {
  const path = findSocket(home)
  if (path === undefined) return undefined
  const main = await open(path)
  if (main === undefined) return undefined
  const calls = new RPCLink<ClientContext>({ websocket: facade(main) })
  const link: ClientLink<ClientContext> = {
    call: async (procedure, input, options) =>
      isStream(procedure)
        ? await overOwnConnection(path, (own) => own.call(procedure, input, options))
        : await lost(calls.call(procedure, input, options), main),
  }
  const closed = new Promise<void>((resolve) => {
    main.once('close', () => resolve())
  })
  const close = async (): Promise<void> => {
    main.close()
    await closed
  }
  return { client: clientOver(link), closed, close, [Symbol.asyncDispose]: close }
}

function open(path: string): Promise<WebSocket | undefined> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`ws+unix:${path}:/`, {
      maxPayload: MAX_ANSWER_BYTES,
      perMessageDeflate: false,
      handshakeTimeout: OPEN_TIMEOUT_MS,
    })
    socket.once('open', () => resolve(socket))
    // Later errors are followed by `close`, which every call here watches.
    socket.on('error', () => resolve(undefined))
  })
}

function isStream(path: readonly string[]): boolean {
  let at: unknown = contract
  for (const part of path) at = typeof at === 'object' && at !== null ? Reflect.get(at, part) : undefined
  return isProcedure(at) && getEventIteratorSchemaDetails(at['~orpc'].outputSchema) !== undefined
}

function isProcedure(value: unknown): value is typeof contract.engine.info {
  return isContractProcedure(value)
}

type Call = (link: RPCLink<ClientContext>) => Promise<unknown>

async function overOwnConnection(path: string, call: Call): Promise<unknown> {
  const socket = await open(path)
  if (socket === undefined) throw gone()
  let arrived = 0
  let taken = 0
  socket.on('message', () => {
    arrived += 1
    if (arrived - taken > MAX_WAITING_ITEMS) socket.pause()
  })
  try {
    const source = await lost(call(new RPCLink<ClientContext>({ websocket: facade(socket) })), socket)
    if (!isIterator(source)) throw new TypeError('a stream answered without one')
    return new AsyncIteratorClass<unknown, unknown, void>(
      async () => {
        taken += 1
        if (socket.isPaused) socket.resume()
        return await lost(source.next(), socket)
      },
      async (reason) => {
        if (socket.isPaused) socket.resume()
        if (reason !== 'next') await source.return?.()
        socket.close()
      },
    )
  } catch (error) {
    socket.close()
    throw error
  }
}

function isIterator(value: unknown): value is AsyncIterator<unknown, unknown, void> {
  return typeof value === 'object' && value !== null && 'next' in value && Symbol.asyncIterator in value
}

// oRPC rejects what is pending when its socket closes, with an error of its own: here it gets our name.
async function lost<T>(answer: Promise<T>, socket: WebSocket): Promise<T> {
  try {
    return await answer
  } catch (error) {
    if (socket.readyState === socket.OPEN) throw error
    throw gone(error)
  }
}

function gone(cause?: unknown): SluiceError {
  return new SluiceError('NOT_CONNECTED', 'The engine went away before it answered.', {
    cause,
    retryable: true,
    remedy: 'Run the command again; `sluice doctor` says how the data folder is.',
  })
}

type Websocket = ConstructorParameters<typeof RPCLink>[0]['websocket']

/** The part of a browser's WebSocket that oRPC uses. */
function facade(socket: WebSocket): Websocket {
  return {
    get readyState() {
      return socket.readyState
    },
    send: (data) => socket.send(data),
    addEventListener: (type: string, listener: unknown) => listenTo(socket, type, listener),
    removeEventListener: (type: string, listener: unknown) => {
      if (isListener(listener)) socket.off(type, listener)
    },
  }
}

function listenTo(socket: WebSocket, type: string, listener: unknown): void {
  if (!isListener(listener)) return
  if (type === 'message')
    socket.on('message', (data, binary) => listener({ data: binary ? data : bytes(data).toString() }))
  else socket.on(type, listener)
}

function isListener(value: unknown): value is (event?: unknown) => void {
  return typeof value === 'function'
}

function bytes(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data)
}
