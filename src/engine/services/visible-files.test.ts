import { afterEach, beforeEach, expect, it } from 'vitest'
import { openFolderLake } from '#engine/adapters/embedded/folder-lake.ts'
import type { Lake } from '#engine/ports/lake.ts'
import { SINK, Sandbox, upTo } from '#tests/commit-log/sandbox.ts'
import { visibleFiles } from './visible-files.ts'

let box: Sandbox
let lake: Lake
beforeEach(async () => {
  box = new Sandbox()
  lake = await openFolderLake({ root: box.root })
})
afterEach(() => box[Symbol.dispose]())

const PARTITIONS = ['dt', 'hour']
const text = (value: string) => new TextEncoder().encode(value)

async function offsetsSeen(): Promise<readonly number[]> {
  const files = await visibleFiles(lake, SINK, PARTITIONS)
  const texts = await Promise.all(files.map(async ({ path }) => new TextDecoder().decode(await lake.read(path))))
  return texts.flatMap((lines) => lines.trimEnd().split('\n').map(Number)).sort((a, b) => a - b)
}

it('sees the files of a table with their folders and sizes, and nothing of the log', async () => {
  await box.commits(await box.open(), 2)
  const files = await visibleFiles(lake, SINK, PARTITIONS)
  expect(files.map(({ folder, bytes }) => [folder, bytes])).toEqual([
    ['dt=2026-11-22/hour=01', 10],
    ['dt=2026-11-22/hour=01', 15],
    ['dt=2026-11-22/hour=02', 10],
    ['dt=2026-11-22/hour=02', 15],
  ])
})

it('sees a table without partitions, and one that is not there yet', async () => {
  await lake.create('/plain/part-0.parquet', text('x'))
  await lake.create('/plain/_SUCCESS', text(''))
  await lake.create('/plain/dt=1/other.parquet', text('x'))
  expect(await visibleFiles(lake, '/plain', [])).toEqual([{ path: '/plain/part-0.parquet', bytes: 1, folder: '' }])
  expect(await visibleFiles(lake, '/none', PARTITIONS)).toEqual([])
})

it('sees whole commits while they are being made, and a merge never twice', async () => {
  const log = await box.open()
  const done = new AbortController()
  const work = (async () => {
    await box.commits(log, 15)
    const removes = box.dataFiles().filter((path) => path.includes('hour=01'))
    const local = box.localFile(upTo(150).filter((offset) => offset % 2 === 0))
    await log.merge({ first: 0, last: 149, file: { folder: 'dt=2026-11-22/hour=01', ...local }, removes })
    await box.commits(log, 5)
    done.abort()
  })()
  let looks = 0
  for (; !done.signal.aborted; looks++) {
    const seen = await offsetsSeen().catch(() => [])
    expect(new Set(seen).size).toBe(seen.length)
  }
  await work
  expect(looks).toBeGreaterThan(3)
  expect(await offsetsSeen()).toEqual(upTo(200))
})
