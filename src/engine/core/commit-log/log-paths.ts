import { joinLakePath } from '#engine/core/lake-path.ts'
import { SluiceError } from '#engine/core/sluice-error.ts'
import { hidden } from './data-file-name.ts'

/** Which commit log: that of the sink on `path` for one partition of a topic. */
export interface LogName {
  /** The sink's folder in the lake. */
  readonly path: string
  readonly topic: string
  readonly partition: number
}

/** Where a log keeps its things in the lake. */
export interface LogPaths {
  readonly commits: string
  readonly tmp: string
}

const ENTRY_NAME = /^(0|[1-9]\d{0,14})\.json$/
const TMP_NAME = /^(0|[1-9]\d{0,14})-([\w-]+)$/

/** PIPELINE_INVALID for a topic whose data files readers would pass over. */
export function logPaths({ path, topic, partition }: LogName): LogPaths {
  if (hidden(topic)) {
    throw new SluiceError(
      'PIPELINE_INVALID',
      `Topic ${topic} can't be filed: readers skip files that start with "." or "_".`,
    )
  }
  const log = `${topic}-${partition}`
  return { commits: joinLakePath(path, '_sluice/commits', log), tmp: joinLakePath(path, '_sluice/tmp', log) }
}

export function entryName(n: number): string {
  return `${n}.json`
}

/** The number of an entry's file, or undefined for a foreign one. */
export function parseEntryName(name: string): number | undefined {
  const [, n] = ENTRY_NAME.exec(name) ?? []
  return n === undefined ? undefined : Number(n)
}

/** The name of a file in the tmp folder: for entry `n`, unique by `id`. It never ends in a data format. */
export function tmpName(n: number, id: string): string {
  return `${n}-${id}`
}

/** The number of the entry that a tmp file is for, or undefined for a foreign file. */
export function parseTmpName(name: string): number | undefined {
  const [, n] = TMP_NAME.exec(name) ?? []
  return n === undefined ? undefined : Number(n)
}
