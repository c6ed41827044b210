import { chmodSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { RPCHandler } from '@orpc/server/ws'
import { WebSocketServer, type WebSocket } from 'ws'
import type { Engine } from '#engine/engine-api.ts'
import { router, type RouterContext } from './router.ts'
import { claimSocket, releaseSocket } from './socket-path.ts'

/** A request larger than this closes its connection. */
const MAX_REQUEST_BYTES = 16 * 1024 * 1024
/** So that the answer to a shutdown is out before its connection goes. */
const ANSWER_FIRST_MS = 50
/** From here on a stream waits until its reader has taken what was sent. */
const MAX_UNSENT_BYTES = 256 * 1024

/** The door of an engine for other processes of the same user. */
export interface Door extends AsyncDisposable {
  /** How many connections are open. */
  readonly connections: number
  /** Idempotent: no new connections, streams cancelled, open ones closed. */
  close(): Promise<void>
}

export interface DoorOptions {
  readonly home: string
  readonly engine: Engine
  /** Ends the process that holds the engine. */
  readonly shutdown: () => void
  /** Called when the number of connections changes. */
  readonly onConnections?: (open: number) => void
}

/**
 * Serves the contract by WebSocket over a Unix socket in the data folder (a named pipe on Windows), which only the user
 * can open. The caller holds the folder's lock. A slow reader of a stream makes its source wait, never the memory grow.
 */
export async function serve(options: DoorOptions): Promise<Door> {
  const path = claimSocket(options.home)
  const http = createServer((_request, response) => response.writeHead(404).end())
  const sockets = new WebSocketServer({ server: http, maxPayload: MAX_REQUEST_BYTES, perMessageDeflate: false })
  const handler = new RPCHandler<RouterContext>(router)
  const context = { engine: options.engine, shutdown: () => void setTimeout(options.shutdown, ANSWER_FIRST_MS) }
  sockets.on('connection', (socket) => {
    // A reader that goes away in mid-answer is no fault of ours: `close` follows and ends its work.
    socket.on('error', () => socket.terminate())
    socket.on('close', () => options.onConnections?.(sockets.clients.size))
    options.onConnections?.(sockets.clients.size)
    void handler.upgrade(bounded(socket), { context })
  })
  await listen(http, path)
  if (process.platform !== 'win32') chmodSync(path, 0o600)
  let closing: Promise<void> | undefined
  const close = (): Promise<void> => (closing ??= shut(http, sockets, options.home))
  return {
    get connections() {
      return sockets.clients.size
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

interface Sender {
  readonly addEventListener: WebSocket['addEventListener']
  /** Its promise is waited for by oRPC. */
  readonly send: (data: string | Uint8Array) => Promise<void>
}

// oRPC waits for what `send` returns before it asks a stream for its next item: so returning when the bytes have gone
// out is all that back pressure takes.
function bounded(socket: WebSocket): Sender {
  const send = async (data: string | Uint8Array): Promise<void> => {
    if (socket.readyState !== socket.OPEN) return
    if (socket.bufferedAmount < MAX_UNSENT_BYTES) return socket.send(data)
    await new Promise<void>((resolve) => {
      socket.send(data, () => resolve())
    })
  }
  return { addEventListener: socket.addEventListener.bind(socket), send }
}

function listen(http: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    http.once('error', reject)
    http.listen(path, () => {
      http.off('error', reject)
      resolve()
    })
  })
}

async function shut(http: Server, sockets: WebSocketServer, home: string): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    http.close(() => resolve())
  })
  for (const socket of sockets.clients) socket.close(1001, 'the engine stops')
  const late = setTimeout(() => {
    for (const socket of sockets.clients) socket.terminate()
  }, 500)
  sockets.close()
  await closed
  clearTimeout(late)
  releaseSocket(home)
}
