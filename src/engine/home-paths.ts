import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Where everything lies in a data folder. All absolute. */
export interface HomePaths {
  readonly home: string
  readonly broker: string
  readonly lake: string
  readonly database: string
  /** Of this engine's processes, emptied when it opens; on the lake's file system, so that files move by rename. */
  readonly temp: string
  readonly pipelines: string
  readonly stored: string
  readonly log: string
}

export function homePaths(home: string): HomePaths {
  return {
    home,
    broker: join(home, 'broker', 'broker.sqlite'),
    lake: join(home, 'lake'),
    database: join(home, 'database'),
    temp: join(home, 'temp'),
    pipelines: join(home, 'pipelines'),
    stored: join(home, 'running.json'),
    log: join(home, 'logs', 'sluice.ndjson'),
  }
}

/** The pipelines that come with Sluice, whether this file runs from the sources or from a build. */
export function bundledPipelines(): string {
  for (let folder = import.meta.dirname; folder !== dirname(folder); folder = dirname(folder)) {
    const found = join(folder, 'resources', 'pipelines')
    if (existsSync(found)) return found
  }
  throw new Error('the bundled pipelines are not there: the installation is not whole')
}
