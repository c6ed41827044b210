import { spawn } from 'node:child_process'
import { constants } from 'node:os'

/** A terminal sends Ctrl-C and Ctrl-\ to all of its processes: the child has got those already. */
const SENT_TO_ALL_BY_A_TERMINAL = new Set(['SIGINT', 'SIGQUIT'])

const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT']

/**
 * Runs `node ...args` in this process's place, as well as Node 18 can: the same terminal, signals passed on, and this
 * process ends as the child does, by the same exit code or the same signal.
 */
export function handOver(node, args) {
  const child = spawn(node, args, { stdio: 'inherit' })
  const onTerminal = [process.stdin, process.stdout, process.stderr].some((stream) => stream.isTTY)
  for (const signal of FORWARDED) {
    process.on(signal, () => {
      if (!(onTerminal && SENT_TO_ALL_BY_A_TERMINAL.has(signal))) child.kill(signal)
    })
  }
  child.on('error', (error) => {
    process.stderr.write(`Can't start ${node}: ${error.message}. Install Node 24 or newer: https://nodejs.org\n`)
    process.exit(1)
  })
  child.on('exit', (code, signal) => endAs(code, signal))
}

function endAs(code, signal) {
  if (signal === null) process.exit(code)
  process.removeAllListeners(signal)
  process.kill(process.pid, signal)
  // Windows, or a signal that Node holds back: the shell's convention.
  setTimeout(() => process.exit(128 + (constants.signals[signal] ?? 0)), 100)
}
