import { afterEach, describe, expect, it } from 'vitest'
import { type Disk, nodeDisk } from '#engine/adapters/embedded/folder-lake-disk.ts'
import { installFaultHandler } from '#engine/core/fault-point.ts'
import { isSluiceError } from '#engine/core/sluice-error.ts'
import { Sandbox, upTo } from '#tests/commit-log/sandbox.ts'

afterEach(() => installFaultHandler(undefined))

const COMMITS = 4
// SLUICE_EVERY_FAULT=1 lets every single call fail, not each seventeenth.
const STEP = process.env['SLUICE_EVERY_FAULT'] ? 1 : 17

/** A disk whose n-th call from now fails, before it does anything or (late) after it was done. */
function failingDisk(n: number, code: string, late: boolean): { disk: Disk; struck: () => boolean } {
  let calls = 0
  const disk = new Proxy(nodeDisk, {
    get:
      (target, name: keyof Disk) =>
      async (...given: readonly unknown[]) => {
        const strikes = ++calls === n
        const fault = Object.assign(new Error(code), { code })
        if (strikes && !late) throw fault
        const done: unknown = await Reflect.apply(target[name], target, given)
        if (!strikes || name === 'openToRead') return done
        throw fault
      },
  })
  return { disk, struck: () => calls >= n }
}

/** Opens and commits until enough is filed, opening anew after every failure, as a job does. */
async function work(box: Sandbox, disk: Disk): Promise<readonly unknown[]> {
  const failures: unknown[] = []
  for (let tries = 0; tries < 10; tries++) {
    try {
      await using log = await box.open({ keep: 3 }, disk)
      await box.commits(log, COMMITS - (log.at.last + 1) / 10)
      return failures
    } catch (error) {
      failures.push(error)
    }
  }
  throw new Error('never got done', { cause: failures.at(-1) })
}

describe('every call on the disk may fail', () => {
  it.each([
    ['ENOSPC', false],
    ['EIO', false],
    ['EIO', true],
    ['EMFILE', false],
    ['EACCES', false],
  ])(
    '%s (after it was done: %s) at any call, and each offset is filed once, nothing left over',
    { timeout: STEP === 1 ? 1_200_000 : 120_000 },
    async (code, late) => {
      let injected = 0
      for (let n = 1; ; n += STEP) {
        using box = new Sandbox()
        const { disk, struck } = failingDisk(n, code, late)
        const failures = await work(box, disk)
        if (!struck()) break
        injected++
        expect(failures.every((error) => isSluiceError(error))).toBe(true)
        await box.open({ keep: 3 })
        expect({ n, offsets: box.offsets(), tmp: box.tmpFiles() }).toEqual({ n, offsets: upTo(10 * COMMITS), tmp: [] })
      }
      expect(injected).toBeGreaterThan(10)
    },
  )
})

describe('every fault point', () => {
  const POINTS = ['fence', 'tmp-write', 'tmp-fsync', 'entry-put', 'entry-list', 'data-rename', 'trim', 'sweep'] as const

  it.each(POINTS)('is reached, and stopping there loses and doubles nothing: %s', async (point) => {
    using box = new Sandbox()
    await box.commits(await box.open({ keep: 3 }), 1)
    const interrupted = await box.open({ keep: 3 })
    installFaultHandler((name) => {
      if (name === 'tmp-fsync') throw new Error('struck')
    })
    await expect(box.commits(interrupted, 1)).rejects.toThrow('struck')
    let hits = 0
    installFaultHandler((name) => {
      if (name !== point || ++hits !== 2) return
      throw new Error('struck')
    })
    await work(box, nodeDisk)
    installFaultHandler(undefined)
    expect(hits).toBeGreaterThan(0)
    await box.open({ keep: 3 })
    expect(box.offsets()).toEqual(upTo(10 * COMMITS))
    expect(box.tmpFiles()).toEqual([])
  })
})
