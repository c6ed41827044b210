import {
  copyFileSync,
  cpSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseEntry } from '#engine/core/commit-log/entry-text.ts'
import { Sandbox, upTo } from '#tests/commit-log/sandbox.ts'

let box: Sandbox
beforeEach(async () => {
  box = new Sandbox()
  await box.commits(await box.open(), 5)
})
afterEach(() => box[Symbol.dispose]())

/** Entry 0 is the root, 1 the fence, 2 … 6 the batches. */
const NEWEST = 6
const stop = (file: string): unknown =>
  expect.objectContaining({ code: 'LOG_DAMAGED', retryable: false, message: expect.stringContaining(file) as unknown })

describe('an entry that was damaged stops the log and is named', () => {
  it.each([
    ['cut', (file: string) => truncateSync(file, 50)],
    ['empty', (file: string) => truncateSync(file, 0)],
    ['not JSON', (file: string) => writeFileSync(file, 'hello\n')],
    ['full of zeros', (file: string) => writeFileSync(file, Buffer.alloc(400))],
    ['another entry', (file: string) => copyFileSync(box.entry(NEWEST - 1), file)],
  ])('the last entry is %s', async (_what, damage) => {
    damage(box.entry(NEWEST))
    await expect(box.open()).rejects.toThrow(stop(`/_sluice/commits/space.data-x-1/${NEWEST}.json`))
    expect(box.offsets()).toEqual(upTo(50))
  })

  it('an entry in the middle is missing', async () => {
    unlinkSync(box.entry(3))
    await expect(box.open()).rejects.toThrow(stop('/space.data-x-1/3.json: it is missing'))
  })

  it('an entry in the middle is that of another log', async () => {
    using other = new Sandbox()
    await other.commits(await other.open(), 3)
    copyFileSync(other.entry(3), box.entry(3))
    await expect(box.open()).rejects.toThrow(stop('/space.data-x-1/4.json: it does not follow from 3.json'))
  })

  it('an entry of another log stands above the last', async () => {
    using other = new Sandbox()
    await other.commits(await other.open(), 9)
    copyFileSync(other.entry(9), box.entry(9))
    await expect(box.open()).rejects.toThrow(stop('/space.data-x-1/8.json: it is missing'))
  })
})

describe('a log that ends too early files nothing twice', () => {
  it('stops at the first file of a lost last entry that is in place', async () => {
    unlinkSync(box.entry(NEWEST))
    const log = await box.open()
    await expect(log.commit(box.batch(log))).rejects.toThrow(stop('-00000000000000000049-6.json'))
    expect(box.offsets()).toEqual(upTo(50))
  })

  it('stops when an older copy of the log was restored', async () => {
    const commits = dirname(box.entry(0))
    cpSync(commits, `${box.folder}/backup`, { recursive: true })
    await box.commits(await box.open(), 3)
    rmSync(commits, { recursive: true })
    renameSync(`${box.folder}/backup`, commits)
    const log = await box.open()
    await expect(log.commit(box.batch(log))).rejects.toThrow(stop('an older copy'))
    expect(box.offsets()).toEqual(upTo(80))
  })

  it('stops when the whole log was removed and its files were not', async () => {
    rmSync(box.at('_sluice'), { recursive: true })
    const log = await box.open()
    await expect(log.commit(box.batch(log))).rejects.toThrow(stop('.json'))
    expect(box.offsets()).toEqual(upTo(50))
  })

  it('files the records of a lost last entry again when their files were not in place yet', async () => {
    unlinkSync(box.entry(NEWEST))
    const files = box.dataFiles().filter((path) => path.endsWith('-6.json'))
    for (const [i, path] of files.entries()) renameSync(box.at(path), box.at('_sluice/tmp/space.data-x-1', `6-${i}`))
    const log = await box.open()
    expect(box.tmpFiles()).toEqual([])
    await box.commits(log, 1)
    expect(box.offsets()).toEqual(upTo(50))
  })
})

describe('files that do not fit their entry', () => {
  const newest = () => box.dataFiles().filter((path) => path.endsWith('-6.json'))
  const named = () => parseEntry(readFileSync(box.entry(NEWEST)), 'the newest entry').files

  it('an entry ahead of its files is finished from tmp', async () => {
    for (const { tmp, final } of named()) renameSync(box.at(final), box.at('_sluice/tmp/space.data-x-1', tmp))
    expect(box.offsets()).toEqual(upTo(40))
    await box.open()
    expect(box.offsets()).toEqual(upTo(50))
    expect(box.tmpFiles()).toEqual([])
  })

  it('a file that is under both its names is left under the final one', async () => {
    for (const { tmp, final } of named()) copyFileSync(box.at(final), box.at('_sluice/tmp/space.data-x-1', tmp))
    await box.open()
    expect(box.offsets()).toEqual(upTo(50))
    expect(box.tmpFiles()).toEqual([])
  })

  it('a file that was filed and is gone stops the log', async () => {
    const [file = ''] = newest()
    unlinkSync(box.at(file))
    await expect(box.open()).rejects.toThrow(stop(`/data/all/${file}: it was filed and is missing`))
  })

  it('a file that is shorter than was filed stops the log', async () => {
    const [file = ''] = newest()
    truncateSync(box.at(file), 3)
    await expect(box.open()).rejects.toThrow(stop(`/data/all/${file}: it has another size`))
  })

  it('another file of another size under the final name stops the log, and neither is touched', async () => {
    const [{ tmp, final } = { tmp: '', final: '' }] = named()
    renameSync(box.at(final), box.at('_sluice/tmp/space.data-x-1', tmp))
    writeFileSync(box.at(final), 'foreign')
    await expect(box.open()).rejects.toThrow(stop(`/data/all/${final}: it has another size`))
    expect(readFileSync(box.at(final), 'utf8')).toBe('foreign')
    expect(box.tmpFiles().map((path) => basename(path))).toEqual([tmp])
  })

  it('a folder under the final name stops the log', async () => {
    const [file = ''] = newest()
    unlinkSync(box.at(file))
    mkdirSync(box.at(file))
    await expect(box.open()).rejects.toThrow(stop(file))
  })

  it('foreign files are neither counted nor touched nor in the way', async () => {
    const foreign = [
      'dt=2026-11-22/hour=01/part-0.parquet',
      '_sluice/tmp/space.data-x-1/notes',
      '_sluice/commits/space.data-x-1/x.txt',
    ]
    for (const path of foreign) writeFileSync(box.at(path), 'foreign')
    await box.commits(await box.open(), 2)
    expect(foreign.map((path) => readFileSync(box.at(path), 'utf8'))).toEqual(['foreign', 'foreign', 'foreign'])
    expect(box.offsets()).toEqual(upTo(70))
  })

  it('files of the same topic by another partition do not matter', async () => {
    await box.commits(await box.open({ partition: 2 }), 8)
    await box.commits(await box.open(), 1)
    expect(box.offsets()).toHaveLength(80 + 60)
  })
})
