import { existsSync, writeFileSync } from 'node:fs'
import { installFaultHandler } from '#engine/core/fault-point.ts'

/**
 * For fault tests: each `<point>:<moment>:<nth>:<marker file>`, joined by ";", kills this process at the nth time that it
 * comes there. The marker is written first; once it is there, that wish is fulfilled. Undefined: nothing happens.
 */
export function killAtFaultPoints(wishes: string | undefined): void {
  if (wishes === undefined) return
  const open = wishes.split(';').map((wish) => {
    const [point, moment, nth = '1', ...marker] = wish.split(':')
    return { point, moment, left: Number(nth), marker: marker.join(':') }
  })
  installFaultHandler((point, moment) => {
    for (const wish of open) {
      if (wish.point !== point || wish.moment !== moment || existsSync(wish.marker) || --wish.left > 0) continue
      writeFileSync(wish.marker, `${point} ${moment}\n`, { flush: true })
      process.kill(process.pid, 'SIGKILL')
    }
  })
}
