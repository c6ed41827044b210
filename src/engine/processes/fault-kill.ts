import { existsSync, writeFileSync } from 'node:fs'
import { installFaultHandler } from '#engine/core/fault-point.ts'

/**
 * For fault tests: `<point>:<moment>:<nth>:<marker file>` kills this process at the nth time that it comes there. The
 * marker is written first; once it is there, nothing is killed again. Undefined: nothing happens.
 */
export function killAtFaultPoints(wish: string | undefined): void {
  if (wish === undefined) return
  const [point, moment, nth = '1', ...rest] = wish.split(':')
  const marker = rest.join(':')
  let left = Number(nth)
  installFaultHandler((reached, when) => {
    if (reached !== point || when !== moment || existsSync(marker) || --left > 0) return
    writeFileSync(marker, `${reached} ${when}\n`, { flush: true })
    process.kill(process.pid, 'SIGKILL')
  })
}
