import { rmSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { installFaultHandler } from '#engine/core/fault-point.ts'
import { ENDED, eachOnce, HOUR_MS, SinkStand, temporary } from '#tests/commit-log/sink-stand.ts'

let folder = ''
beforeEach(() => {
  folder = temporary()
})
afterEach(() => {
  installFaultHandler(undefined)
  rmSync(folder, { recursive: true, force: true })
})

const merged = (stand: SinkStand, files = 1): Promise<void> =>
  vi.waitFor(() => expect(stand.files(ENDED)).toHaveLength(files), { timeout: 10_000 })

describe('an hour that has ended', () => {
  it.each(['parquet', 'json'] as const)(
    'becomes one %s file, every record in it once, and filing goes on',
    async (format) => {
      await using stand = await SinkStand.open(folder, { format })
      await using sink = await stand.openSink()
      await stand.commits(sink, 5)
      stand.now += HOUR_MS
      await stand.commits(sink, 5)
      stand.now += 120_000
      expect(sink.due).toBeLessThanOrEqual(stand.now)
      await sink.tick(stand.now)
      await merged(stand)
      expect(stand.files(ENDED)).toEqual([`events-0-${'0'.repeat(20)}-${'49'.padStart(20, '0')}-12.${format}`])
      expect(stand.files()).toHaveLength(6)
      expect(await stand.count()).toEqual(eachOnce(100))
      await stand.commits(sink, 1)
      expect(await stand.count()).toEqual(eachOnce(110))
      expect(stand.leftovers()).toEqual([])
      expect(stand.warnings).toEqual([])
    },
  )

  it('is merged by the next owner where the one before it was away as the hour ended', async () => {
    await using stand = await SinkStand.open(folder)
    {
      await using sink = await stand.openSink()
      await stand.commits(sink, 5)
    }
    stand.now += 24 * HOUR_MS
    await using sink = await stand.openSink()
    await sink.tick(stand.now)
    await merged(stand)
    expect(await stand.count()).toEqual(eachOnce(50))
  })

  it('takes in what came late, once that is worth it', async () => {
    await using stand = await SinkStand.open(folder)
    await using sink = await stand.openSink()
    await stand.commits(sink, 5)
    const late = async (commits: number, hours: number): Promise<void> => {
      const now = stand.now
      await stand.commits(sink, commits)
      stand.now = now + hours * HOUR_MS
      await sink.tick(stand.now)
      stand.now = now
    }
    await late(0, 2)
    await merged(stand)
    await late(1, 3)
    await late(2, 4)
    await merged(stand, 1)
    expect(await stand.count()).toEqual(eachOnce(80))
  })

  it('is never half there: a reader sees each record once at any time', async () => {
    await using stand = await SinkStand.open(folder)
    await using sink = await stand.openSink()
    await stand.commits(sink, 20)
    stand.now += 2 * HOUR_MS
    await sink.tick(stand.now)
    let looks = 0
    for (let after = 0; after < 3; looks++) {
      expect(await stand.count()).toEqual(eachOnce(200))
      if (stand.files(ENDED).length === 1) after++
    }
    expect(looks).toBeGreaterThan(3)
  })

  it('can be rebuilt: the merged file goes as a whole, and its records are filed anew', async () => {
    await using stand = await SinkStand.open(folder)
    {
      await using sink = await stand.openSink()
      await stand.commits(sink, 5)
      stand.now += 2 * HOUR_MS
      await sink.tick(stand.now)
      await merged(stand)
      await stand.commits(sink, 1)
    }
    {
      await using log = await stand.openLog()
      expect(await log.rebuild(25, () => Promise.resolve(60))).toBe('committed')
      expect(log.at.last).toBe(-1)
      expect(stand.files()).toEqual([])
    }
    await using sink = await stand.openSink()
    await stand.catchUp(sink)
    expect(await stand.count()).toEqual(eachOnce(60))
  })
})

describe('nothing is merged', () => {
  it('in the open hour, nor right after its end', async () => {
    await using stand = await SinkStand.open(folder)
    await using sink = await stand.openSink()
    await stand.commits(sink, 5)
    stand.now += HOUR_MS + 119_000
    await sink.tick(stand.now)
    await sink[Symbol.asyncDispose]()
    expect(stand.files(ENDED)).toHaveLength(5)
  })

  it('without partitions: no folder ever ends', async () => {
    await using stand = await SinkStand.open(folder, { partitionBy: [] })
    await using sink = await stand.openSink()
    await stand.commits(sink, 5)
    expect(sink.due).toBe(Infinity)
    await sink.tick(stand.now + 100 * HOUR_MS)
    await sink[Symbol.asyncDispose]()
    expect(stand.files()).toHaveLength(5)
  })

  it('where a file is damaged: that is said, and filing goes on', async () => {
    await using stand = await SinkStand.open(folder)
    await using sink = await stand.openSink()
    await stand.commits(sink, 5)
    truncateSync(join(folder, 'lake', 'all', ENDED, stand.files(ENDED)[2] ?? ''), 100)
    stand.now += 2 * HOUR_MS
    await sink.tick(stand.now)
    await vi.waitFor(() => expect(stand.warnings).toEqual(['an ended folder could not be merged; trying again later']))
    await stand.commits(sink, 1)
    expect(stand.files()).toHaveLength(6)
    expect(stand.leftovers()).toEqual([])
  })
})

describe('a merge', () => {
  it('ends at once as its sink is closed, and leaves nothing', async () => {
    await using stand = await SinkStand.open(folder)
    const sink = await stand.openSink()
    await stand.commits(sink, 5)
    stand.now += 2 * HOUR_MS
    installFaultHandler((point) => {
      if (point === 'transform') void sink[Symbol.asyncDispose]()
    })
    await sink.tick(stand.now)
    await vi.waitFor(() => expect(stand.leftovers()).toEqual([]))
    await sink[Symbol.asyncDispose]()
    expect(stand.files(ENDED)).toHaveLength(5)
    expect(stand.warnings).toEqual([])
    expect(await stand.count()).toEqual(eachOnce(50))
  })

  it('of a sink that another one has fenced changes nothing, and stops it as a commit would', async () => {
    await using stand = await SinkStand.open(folder)
    await using sink = await stand.openSink()
    await stand.commits(sink, 5)
    await using other = await stand.openSink()
    stand.now += 2 * HOUR_MS
    await sink.tick(stand.now)
    await vi.waitFor(() => expect(sink.due).toBe(-Infinity))
    await expect(sink.tick(stand.now)).rejects.toMatchObject({ code: 'FENCED', retryable: true })
    expect(stand.files(ENDED)).toHaveLength(5)
    await stand.commits(other, 1)
    expect(await stand.count()).toEqual(eachOnce(60))
    await using _ = await stand.openSink()
    expect(stand.leftovers()).toEqual([])
  })
})
