import { fork } from 'node:child_process'
import { extname, join } from 'node:path'
import { isFromJobProcess } from './messages.ts'
import type { FromJobProcess, ToJobProcess } from './messages.ts'

/** A job process as the supervisor sees it, however it was forked. */
export interface JobProcessHandle {
  readonly pid: number | undefined
  /** Lost without a word when the process is gone: `onExit` tells. */
  post(message: ToJobProcess): void
  kill(): void
}

export interface JobProcessEvents {
  readonly onMessage: (message: FromJobProcess) => void
  /** Once; `reason` in words, e.g. "signal SIGKILL". */
  readonly onExit: (reason: string) => void
}

export type ForkJobProcess = (events: JobProcessEvents) => JobProcessHandle

/** The entry stands beside this file, in the sources and in a build. */
const ENTRY = join(import.meta.dirname, `job-process${extname(import.meta.filename)}`)

/** Forks a job process of Node. It ends by itself when this process is gone. */
export const forkNodeJobProcess: ForkJobProcess = ({ onMessage, onExit }) => {
  const child = fork(ENTRY, {
    serialization: 'advanced',
    execArgv: ['--disable-warning=ExperimentalWarning'],
    // glibc gives each thread a heap of its own, which keeps what large batches leave: two are enough, and a tenth smaller.
    env: { MALLOC_ARENA_MAX: '2', ...process.env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const exited = onceOnly(onExit)
  child.on('message', (message) => {
    if (isFromJobProcess(message)) onMessage(message)
  })
  child.on('error', (error) => exited(error.message))
  child.on('exit', (code, signal) => exited(signal ? `signal ${signal}` : `exit code ${code}`))
  return {
    pid: child.pid,
    post(message) {
      if (child.connected) child.send(message, () => undefined)
    },
    kill: () => child.kill('SIGKILL'),
  }
}

function onceOnly(call: (reason: string) => void): (reason: string) => void {
  let called = false
  return (reason) => {
    if (!called) call(reason)
    called = true
  }
}
