import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openFolderLake } from '#engine/adapters/embedded/folder-lake.ts'
import { type CommitLog, openCommitLog, readTotals } from '#engine/jobs/commit-log-runner.ts'
import type { Lake } from '#engine/ports/lake.ts'

export interface CommitLogFigure {
  readonly name: string
  readonly value: number
  readonly unit: 'ms'
}

const LOG = { path: '/data/all', topic: 'bench', partition: 0 }
const COMMITS = 60

/** Measures the commit log on a folder lake: what a commit costs beside writing its data, and what an opening costs. */
export async function measureCommitLog(): Promise<readonly CommitLogFigure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'))
  try {
    await using lake = await openFolderLake({ root: join(folder, 'lake') })
    const figures: CommitLogFigure[] = []
    for (const files of [1, 2, 24]) {
      const log = await open(lake)
      const each = (await ms(() => fileBatches(log, folder, files))) / COMMITS
      figures.push({ name: `commit of ${files} files`, value: each, unit: 'ms' })
    }
    figures.push({ name: 'open a log of 100 entries', value: await ms(() => open(lake)), unit: 'ms' })
    figures.push({ name: 'read its totals', value: await ms(() => readTotals(lake, LOG)), unit: 'ms' })
    figures.push(await listing(lake, folder))
    return figures
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function open(lake: Lake): Promise<CommitLog> {
  return openCommitLog(lake, { ...LOG, format: 'parquet', incarnation: 'one', schema: 's', newId: randomUUID })
}

async function fileBatches(log: CommitLog, folder: string, count: number): Promise<void> {
  for (let i = 0; i < COMMITS; i++) {
    const files = Array.from({ length: count }, (_, hour) => {
      const localFile = join(folder, `local-${hour}`)
      writeFileSync(localFile, 'rows')
      return { folder: `dt=2026-11-22/hour=${hour}`, localFile, rows: 1, bytes: 4 }
    })
    const first = log.at.last + 1
    await log.commit({ first, last: first + count - 1, rows: count, rejected: 0, print: null, files })
  }
}

async function listing(lake: Lake, folder: string): Promise<CommitLogFigure> {
  await lake.mkdirs('/many')
  for (let i = 0; i < 10_000; i++) writeFileSync(join(folder, 'lake/many', String(i)), '')
  return { name: 'list a folder of 10,000 files', value: await ms(() => lake.list('/many')), unit: 'ms' }
}

async function ms(act: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await act()
  return performance.now() - start
}

if (import.meta.main) {
  for (const { name, value, unit } of await measureCommitLog())
    process.stdout.write(`${name}: ${value.toFixed(1)} ${unit}\n`)
}
