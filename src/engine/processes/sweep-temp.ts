import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

/** Takes away what job processes that are no more (kill -9) have left: the folders "<pid>-…" in `folder`. */
export function sweepTemp(folder: string): void {
  for (const name of readdirSync(folder)) {
    const [, pid] = /^(\d+)-/.exec(name) ?? []
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(folder, name), { recursive: true, force: true })
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it lives, as another user's.
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH')
  }
}
