/** A terminal sends Ctrl-C and Ctrl-\ to all of its processes: a child has got those already. */
const SENT_TO_ALL_BY_A_TERMINAL = new Set(['SIGINT', 'SIGQUIT'])

const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT']

/** While `child` runs, signals end it and not this process: each is passed on, once. */
export function forwardSignals(child) {
  const onTerminal = [process.stdin, process.stdout, process.stderr].some((stream) => stream.isTTY)
  const forward = (signal) => {
    if (!(onTerminal && SENT_TO_ALL_BY_A_TERMINAL.has(signal))) child.kill(signal)
  }
  for (const signal of FORWARDED) process.on(signal, forward)
  child.on('close', () => {
    for (const signal of FORWARDED) process.off(signal, forward)
  })
}
