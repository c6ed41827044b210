import { fork } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
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

/** Forks a job process of Node. It ends by itself when this process is gone. */
export const forkNodeJobProcess: ForkJobProcess = ({ onMessage, onExit }) => {
  const child = fork(jobProcessEntry(), {
    serialization: 'advanced',
    execArgv: ['--disable-warning=ExperimentalWarning'],
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

/** The entry beside this file in the sources; in a build, where the build puts it. */
function jobProcessEntry(): string {
  const source = join(import.meta.dirname, 'job-process.ts')
  if (import.meta.filename.endsWith('.ts') && existsSync(source)) return source
  for (let folder = import.meta.dirname; folder !== dirname(folder); folder = dirname(folder)) {
    const built = join(folder, 'dist', 'engine', 'processes', 'job-process.js')
    if (existsSync(built)) return built
  }
  throw new Error('the job process is not built: run `npm run build`')
}

function onceOnly(call: (reason: string) => void): (reason: string) => void {
  let called = false
  return (reason) => {
    if (!called) call(reason)
    called = true
  }
}
