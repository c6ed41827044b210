import type { CreateEngine } from '#engine/engine-api.ts'
import { main } from './main.ts'
import { processTerminal } from './terminal.ts'

/** What is still open a moment after the command has ended is a leak of ours, and must not hold the user's prompt. */
const LINGER_MS = 3_000

const interrupt = new AbortController()
let interrupts = 0

function onInterrupt(): void {
  interrupts += 1
  if (interrupts > 1) process.exit(130)
  interrupt.abort()
}

process.on('SIGINT', onInterrupt)
process.on('SIGTERM', onInterrupt)
// The terminal was closed: what runs in it stops as cleanly as by Ctrl-C.
process.on('SIGHUP', onInterrupt)

const createEngine: CreateEngine = async (options) => (await import('#engine/engine.ts')).createEngine(options)

let readerGone = false
const terminal = processTerminal(() => {
  readerGone = true
  interrupt.abort()
})

const code = await main(process.argv.slice(2), { terminal, signal: interrupt.signal, createEngine })
// A reader that has seen enough (`| head`) is not an interrupt.
process.exitCode = readerGone ? 0 : code
setTimeout(() => process.exit(), LINGER_MS).unref()
