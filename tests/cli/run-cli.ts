import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { main } from '#cli/main.ts'
import type { Sink, Terminal } from '#cli/terminal.ts'
import { openEngineDouble, type Told } from './engine-double.ts'

/** How a command ended and what it wrote. */
export interface Ended {
  readonly code: number
  readonly out: string
  readonly err: string
}

export interface CliOptions {
  readonly stdin?: string
  /** What of the terminal is one. */
  readonly tty?: boolean
  readonly signal?: AbortSignal
  readonly cwd?: string
}

/** A data folder of its own, and the commands on it, over the engine double in this process. */
export function freshCli() {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-cli-'))
  const home = join(folder, 'home')
  const told: Told = { calls: [] }
  const sluice = (args: readonly string[], options: CliOptions = {}): Promise<Ended> =>
    runCli(args, { cwd: folder, ...options, home, told })
  return { folder, home, told, sluice }
}

type Run = CliOptions & { readonly home: string; readonly told: Told }

async function runCli(
  args: readonly string[],
  { stdin = '', tty = false, signal, cwd = '/', home, told }: Run,
): Promise<Ended> {
  const out = collector(tty)
  const err = collector(tty)
  const terminal: Terminal = {
    stdin: (async function* () {
      yield Buffer.from(stdin)
    })(),
    stdinIsTty: tty,
    stdout: out.sink,
    stderr: err.sink,
    env: { SLUICE_HOME: home },
    cwd,
    self: [process.execPath],
  }
  const code = await main(args, {
    terminal,
    signal: signal ?? new AbortController().signal,
    createEngine: (options) => openEngineDouble(options, told),
  })
  return { code, out: out.text(), err: err.text() }
}

function collector(isTty: boolean): { sink: Sink; text: () => string } {
  const chunks: Uint8Array[] = []
  const sink: Sink = {
    isTty,
    columns: 100,
    write: (data) => {
      chunks.push(typeof data === 'string' ? Buffer.from(data) : data)
      return Promise.resolve()
    },
  }
  return { sink, text: () => Buffer.concat(chunks).toString('utf8') }
}
