/** A command's surroundings: everything it reads from and writes to. Tests give their own. */
export interface Terminal {
  readonly stdin: AsyncIterable<Uint8Array>
  readonly stdinIsTty: boolean
  readonly stdout: Sink
  readonly stderr: Sink
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  /** The interpreter, its options and the program: what starts this command once more. */
  readonly self: readonly [string, ...string[]]
}

export interface Sink {
  readonly isTty: boolean
  readonly columns: number
  /** Resolves when the reader can take more. */
  write(data: string | Uint8Array): Promise<void>
}

/** The terminal of this process. `onClosed` is called once the reader of stdout has gone (`sluice query … | head`). */
export function processTerminal(onClosed: () => void): Terminal {
  let closed = false
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    closed = true
    onClosed()
  })
  process.stderr.on('error', () => {
    // Nobody reads our messages any more: there is nobody to tell.
  })
  const sink = (stream: NodeJS.WriteStream): Sink => ({
    isTty: stream.isTTY,
    columns: stream.columns || 80,
    write: (data) => (closed && stream === process.stdout ? Promise.resolve() : written(stream, data)),
  })
  const [program = ''] = process.argv.slice(1)
  return {
    stdin: process.stdin,
    stdinIsTty: process.stdin.isTTY,
    stdout: sink(process.stdout),
    stderr: sink(process.stderr),
    env: process.env,
    cwd: process.cwd(),
    self: [process.execPath, ...process.execArgv, program],
  }
}

function written(stream: NodeJS.WriteStream, data: string | Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    stream.write(data, () => resolve())
  })
}
