import { randomUUID } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Disk, nodeDisk } from '#engine/adapters/embedded/folder-lake-disk.ts'
import { openFolderLake } from '#engine/adapters/embedded/folder-lake.ts'
import { parseDataFileName } from '#engine/core/commit-log/data-file-name.ts'
import {
  type BatchToFile,
  type CommitLog,
  type CommitLogOptions,
  openCommitLog,
} from '#engine/jobs/commit-log-runner.ts'

export const SINK = '/data/all'
const LOG = { path: SINK, topic: 'space.data-x', partition: 1 }
const ROWS = 10

/** A lake in a temporary folder with one sink: each offset is one line of a JSON file, so that any loss or double shows. */
export class Sandbox implements Disposable {
  readonly folder: string
  readonly root: string

  constructor(folder = mkdtempSync(join(tmpdir(), 'commit-log-'))) {
    this.folder = folder
    this.root = join(folder, 'lake')
  }

  /** The path of a lake file on the disk. */
  at(...names: readonly string[]): string {
    return join(this.root, SINK, ...names)
  }

  entry(n: number): string {
    return this.at('_sluice/commits', `${LOG.topic}-${LOG.partition}`, `${n}.json`)
  }

  async open(change: Partial<CommitLogOptions> = {}, disk: Disk = nodeDisk): Promise<CommitLog> {
    const lake = await openFolderLake({ root: this.root }, disk)
    const options = { ...LOG, format: 'json', incarnation: 'one', schema: 's', newId: randomUUID } as const
    return await openCommitLog(lake, { ...options, ...change })
  }

  /** The next ten offsets after the log's, the even ones for one folder and the odd ones for another. */
  batch(log: CommitLog): BatchToFile {
    const first = log.at.last + 1
    const last = first + ROWS - 1
    const print = { offset: last, timestamp: last, crc: last }
    const files = ['dt=2026-11-22/hour=01', 'dt=2026-11-22/hour=02'].map((folder, half) => ({
      folder,
      ...this.localFile(Array.from({ length: ROWS / 2 }, (_, i) => first + 2 * i + half)),
    }))
    return { first, last, rows: ROWS, rejected: 0, print, files }
  }

  localFile(offsets: readonly number[]): { localFile: string; rows: number; bytes: number } {
    const localFile = join(this.folder, `local-${randomUUID()}`)
    const content = offsets.map((offset) => `${offset}\n`).join('')
    writeFileSync(localFile, content)
    return { localFile, rows: offsets.length, bytes: content.length }
  }

  async commits(log: CommitLog, times: number): Promise<void> {
    for (let i = 0; i < times; i++) {
      const outcome = await log.commit(this.batch(log))
      if (outcome !== 'committed') throw new Error(outcome)
    }
  }

  /** Paths below the sink of all data files, by name. */
  dataFiles(): readonly string[] {
    return this.#below('').filter((path) => parseDataFileName(path.slice(path.lastIndexOf('/') + 1)))
  }

  tmpFiles(): readonly string[] {
    return this.#below('_sluice/tmp')
  }

  entries(): readonly number[] {
    const names = readdirSync(this.at('_sluice/commits', `${LOG.topic}-${LOG.partition}`))
    return names.map((name) => Number(name.replace('.json', ''))).sort((a, b) => a - b)
  }

  /** Every offset in the data files, ascending, as often as it is there. */
  offsets(): readonly number[] {
    const lines = this.dataFiles().flatMap((path) => readFileSync(this.at(path), 'utf8').trimEnd().split('\n'))
    return lines.map(Number).sort((a, b) => a - b)
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true })
  }

  #below(folder: string): string[] {
    const entries = readdirSync(this.at(folder), { withFileTypes: true, recursive: true })
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(this.at().length + 1))
      .sort()
  }
}

/** 0 … count - 1. */
export function upTo(count: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => i)
}
