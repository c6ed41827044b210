import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { forwardSignals } from './forward-signals.mjs'

/**
 * Runs `node ...args` in this process's place, as well as Node 18 can: the same terminal, signals passed on, and this
 * process ends as the child does, by the same exit code or the same signal.
 */
export function handOver(node, args) {
  const child = spawn(node, args, { stdio: 'inherit' })
  forwardSignals(child)
  child.on('error', (error) => {
    process.stderr.write(`Can't start ${node}: ${error.message}. Install Node 24 or newer: https://nodejs.org\n`)
    process.exit(1)
  })
  child.on('close', (code, signal) => endAs(code, signal))
}

function endAs(code, signal) {
  if (signal === null) process.exit(code)
  process.kill(process.pid, signal)
  // Windows, or a signal that Node holds back: the shell's convention.
  setTimeout(() => process.exit(128 + (constants.signals[signal] ?? 0)), 100)
}
