import { existsSync, readFileSync, rmSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openFolderLake } from '#engine/adapters/embedded/folder-lake.ts'
import type { StandingFile } from '#engine/core/commit-log/rebuild.ts'
import { SINK, Sandbox, upTo } from '#tests/commit-log/sandbox.ts'
import { readTotals } from './commit-log-runner.ts'

let box: Sandbox
beforeEach(() => {
  box = new Sandbox()
})
afterEach(() => box[Symbol.dispose]())

const unused = (): Promise<number> => Promise.reject(new Error('the log holds the counts'))

describe('committing', () => {
  it('files each batch into its folders, in files named by topic, partition, range and entry', async () => {
    await box.commits(await box.open(), 2)
    expect(box.dataFiles()).toEqual([
      'dt=2026-11-22/hour=01/space.data-x-1-00000000000000000000-00000000000000000009-2.json',
      'dt=2026-11-22/hour=01/space.data-x-1-00000000000000000010-00000000000000000019-3.json',
      'dt=2026-11-22/hour=02/space.data-x-1-00000000000000000000-00000000000000000009-2.json',
      'dt=2026-11-22/hour=02/space.data-x-1-00000000000000000010-00000000000000000019-3.json',
    ])
    expect(box.offsets()).toEqual(upTo(20))
    expect(box.tmpFiles()).toEqual([])
  })

  it('takes local files away, whatever comes of the commit', async () => {
    const [first, second] = [await box.open(), await box.open()]
    const batches = [box.batch(first), box.batch(second), { ...box.batch(second), first: 7 }]
    expect(await first.commit(batches[0] ?? box.batch(first))).toBe('fenced')
    expect(await second.commit(batches[1] ?? box.batch(second))).toBe('committed')
    await expect(second.commit(batches[2] ?? box.batch(second))).rejects.toThrow('filing offsets 7')
    const local = batches.flatMap((batch) => batch.files.map((file) => file.localFile))
    expect(local.filter((file) => existsSync(file))).toEqual([])
  })

  it('keeps the newest 100 entries, and running totals over all', async () => {
    const log = await box.open()
    await box.commits(log, 105)
    expect(box.entries()).toEqual(upTo(107).slice(-100))
    expect(log.at).toMatchObject({ n: 106, last: 1049, totals: { in: 1050, filed: 1050, files: 210 } })
    expect((await box.open()).at).toMatchObject({ n: 107, last: 1049, totals: { in: 1050, filed: 1050, files: 210 } })
  })

  it('counts what was rejected and lost, and may file nothing at all', async () => {
    const log = await box.open()
    await log.commit({ first: 0, last: 99, rows: 0, rejected: 90, lost: 10, print: null, files: [] })
    expect(log.at.totals).toEqual({ in: 90, filed: 0, rejected: 90, lost: 10, files: 0 })
  })

  it('replaces a state by its successor', async () => {
    const log = await box.open()
    for (const first of [0, 10]) {
      const file = { folder: '_sluice/state', ...box.localFile([first]) }
      const removes =
        first === 0 ? [] : ['_sluice/state/space.data-x-1-00000000000000000000-00000000000000000009-2.json']
      await log.commit({ first, last: first + 9, rows: 0, rejected: 0, print: null, files: [file], removes })
    }
    const standing = '_sluice/state/space.data-x-1-00000000000000000010-00000000000000000019-3.json'
    expect(box.dataFiles()).toEqual([standing])
    expect(log.at.totals.files).toBe(1)
  })

  it('queues commits that are asked for at once', async () => {
    const log = await box.open()
    const both = [box.batch(log), { ...box.batch(log), first: 10, last: 19 }]
    expect(await Promise.all(both.map((batch) => log.commit(batch)))).toEqual(['committed', 'committed'])
    expect(log.at.last).toBe(19)
  })

  it('fences the owner before, for ever', async () => {
    const first = await box.open()
    await box.commits(first, 1)
    const second = await box.open()
    expect(await first.commit(box.batch(first))).toBe('fenced')
    await box.commits(second, 2)
    expect(await first.commit(box.batch(first))).toBe('fenced')
    expect(box.offsets()).toEqual(upTo(30))
    expect((await box.open()).at.last).toBe(29)
    expect(box.tmpFiles()).toEqual([])
  })

  it('fences an owner that overslept until the log was trimmed past its entry', async () => {
    const sleeper = await box.open({ keep: 3 })
    const other = await box.open({ keep: 3 })
    await box.commits(other, 6)
    expect(await sleeper.commit(box.batch(sleeper))).toBe('fenced')
    await box.open({ keep: 3 })
    expect(box.offsets()).toEqual(upTo(60))
    expect(box.tmpFiles()).toEqual([])
    expect(box.entries()).toHaveLength(3)
  })

  it('never founds again a log that a reset took away under a sleeping owner', async () => {
    const sleeper = await box.open()
    rmSync(box.at(), { recursive: true })
    expect(await sleeper.commit(box.batch(sleeper))).toBe('fenced')
    expect(existsSync(box.entry(0))).toBe(false)
  })

  it('answers fenced once it is closed', async () => {
    const log = await box.open()
    await log.close()
    await log.close()
    expect(await log.commit(box.batch(log))).toBe('fenced')
  })

  it('refuses a topic whose files readers would not see', async () => {
    await expect(box.open({ topic: '_hidden' })).rejects.toThrow(expect.objectContaining({ code: 'PIPELINE_INVALID' }))
  })
})

describe('merging', () => {
  it('puts one file in the place of several and consumes nothing', async () => {
    const log = await box.open()
    await box.commits(log, 3)
    const removes = box.dataFiles().filter((path) => path.includes('hour=01'))
    const local = box.localFile(upTo(30).filter((offset) => offset % 2 === 0))
    const file = { folder: 'dt=2026-11-22/hour=01', ...local }
    expect(await log.merge({ first: 0, last: 29, file, removes })).toBe('committed')
    expect(log.at).toMatchObject({ last: 29, totals: { in: 30, filed: 30, files: 4 } })
    expect(box.dataFiles()).toHaveLength(4)
    await box.commits(log, 1)
    expect((await box.open()).at.totals).toMatchObject({ filed: 40, files: 6 })
    expect(box.offsets()).toEqual(upTo(40))
  })
})

describe('rebuilding', () => {
  it('starts again at a boundary that no file straddles, with the counts that stood there', async () => {
    const log = await box.open()
    await box.commits(log, 5)
    expect(await log.rebuild(25, unused)).toBe('committed')
    expect(log.at).toMatchObject({ last: 19, totals: { in: 20, filed: 20, rejected: 0, files: 4 } })
    expect(box.offsets()).toEqual(upTo(20))
    await box.commits(log, 2)
    expect(box.offsets()).toEqual(upTo(40))
  })

  it('counts back by the rows of the files where the log no longer holds the boundary', async () => {
    const log = await box.open({ keep: 3 })
    await box.commits(log, 3)
    await log.commit({ first: 30, last: 34, rows: 0, rejected: 5, print: null, files: [] })
    await box.commits(log, 4)
    const rows = (files: readonly StandingFile[]): Promise<number> =>
      Promise.resolve(files.flatMap((file) => readFileSync(box.at(file.path), 'utf8').trimEnd().split('\n')).length)
    await log.rebuild(20, rows)
    expect(log.at).toMatchObject({ last: 19, totals: { in: 20, filed: 20, rejected: 0, files: 4 } })
    await box.commits(log, 1)
    expect((await box.open({ keep: 3 })).at.totals).toMatchObject({ in: 30, filed: 30, files: 6 })
  })

  it('starts from nothing at offset 0, and then takes another incarnation of the topic', async () => {
    const log = await box.open()
    await box.commits(log, 2)
    await log.rebuild(5, unused)
    expect(log.at).toMatchObject({ last: -1, topic: '', print: null, totals: { in: 0, files: 0 } })
    expect(box.dataFiles()).toEqual([])
  })
})

describe('reading totals', () => {
  it('says what was filed, beside the owner and without fencing it', async () => {
    const lake = await openFolderLake({ root: box.root })
    const name = { path: SINK, topic: 'space.data-x', partition: 1 }
    await lake.mkdirs(SINK)
    expect(await readTotals(lake, name)).toBeUndefined()
    const log = await box.open()
    expect(await readTotals(lake, name)).toMatchObject({ last: -1, totals: { in: 0 } })
    await box.commits(log, 3)
    expect(await readTotals(lake, name)).toMatchObject({ last: 29, totals: { in: 30, filed: 30, files: 6 } })
    await box.commits(log, 1)
  })
})
