import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isSluiceError } from '#engine/core/sluice-error.ts'
import type { Broker } from '#engine/ports/broker.ts'
import { lines, numbered, numbers, readValues } from '#engine/ports/broker-samples.contract.ts'
import { openSqliteBroker, SqliteBroker } from './sqlite-broker.ts'
import { SqliteStore } from './sqlite-store.ts'

const MEGABYTE = 'x'.repeat(1 << 20)

describe('the store at its limits', () => {
  let folder: string
  let file: string

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-limits-'))
    file = join(folder, 'broker.sqlite')
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  it('says that the disk is full, writes nothing by half, and goes on when there is room', async () => {
    const store = await SqliteStore.open(file)
    await using broker = new SqliteBroker(store, Date.now)
    await broker.ensureTopic('t', { partitions: 1 })
    await broker.append('t', 0, numbered(3))
    await store.write('making the disk small', (sql) => sql.one('PRAGMA max_page_count = 100'))
    await expectFull(broker.append('t', 0, lines(...Array.from({ length: 5 }, () => MEGABYTE))))
    await expectFull(
      broker.openWriter('w').then((writer) =>
        writer.transact({
          appends: [{ topic: 't', partition: 0, records: lines(MEGABYTE, MEGABYTE) }],
          commits: [{ group: 'g', topic: 't', partition: 0, next: 1, metadata: '' }],
        }),
      ),
    )
    expect(await readValues(broker, 't')).toEqual(numbers(3))
    expect(await broker.position('g', 't', 0)).toBeUndefined()
    await store.write('making room', (sql) => sql.one('PRAGMA max_page_count = 100000'))
    expect(await broker.append('t', 0, numbered(1, 3))).toMatchObject({ first: 3 })
    expect(await readValues(broker, 't')).toEqual(numbers(4))
  })

  it.runIf(canMount())('does the same on a disk that is really full', async () => {
    const disk = join(folder, 'disk')
    mkdirSync(disk)
    mount(disk, '2m')
    try {
      await using broker = await openSqliteBroker({ file: join(disk, 'broker.sqlite'), clock: Date.now })
      await broker.ensureTopic('t', { partitions: 1 })
      writeFileSync(join(disk, 'ballast'), new Uint8Array(512 << 10))
      const appended = await appendUntilFull(broker)
      expect(await readValues(broker, 't')).toEqual(numbers(appended * 1_000))
      rmSync(join(disk, 'ballast'))
      await broker.append('t', 0, numbered(1, appended * 1_000))
      expect(await readValues(broker, 't')).toEqual(numbers(appended * 1_000 + 1))
    } finally {
      unmount(disk)
    }
  })

  it.runIf(canMount())('says so at opening too, and leaves nothing behind', async () => {
    const disk = join(folder, 'disk')
    mkdirSync(disk)
    mount(disk, '64k')
    try {
      writeFileSync(join(disk, 'ballast'), new Uint8Array(32 << 10))
      await expectFull(openSqliteBroker({ file: join(disk, 'broker.sqlite'), clock: Date.now }))
      expect(readdirSync(disk)).toEqual(['ballast'])
    } finally {
      unmount(disk)
    }
  })

  it.skipIf(process.platform === 'win32')(
    'says at opening that its folder or file cannot be written, and names it',
    async () => {
      await (await openSqliteBroker({ file, clock: Date.now })).close()
      for (const mode of [0o555, 0o000]) {
        chmodSync(folder, mode)
        const nobody = asNobody()
        const errors = []
        for (const path of [file, join(folder, 'new', 'broker.sqlite')]) {
          errors.push(await openSqliteBroker({ file: path, clock: Date.now }).catch((failure: unknown) => failure))
        }
        nobody.restore()
        chmodSync(folder, 0o755)
        for (const error of errors)
          expect(isSluiceError(error, 'FILE_UNREADABLE') ? error.message : error).toContain(folder)
      }
    },
  )

  it('makes its folder, and leaves no draft of its file', async () => {
    const deep = join(folder, 'a', 'b')
    await using broker = await openSqliteBroker({ file: join(deep, 'broker.sqlite'), clock: Date.now })
    await broker.ensureTopic('t', { partitions: 1 })
    expect(readdirSync(deep).toSorted()).toEqual(['broker.sqlite', 'broker.sqlite-shm', 'broker.sqlite-wal'])
  })

  it('refuses a record that no row can hold, and says how large it may be', async () => {
    await using broker = await openSqliteBroker({ file, clock: Date.now })
    await broker.ensureTopic('t', { partitions: 1 })
    const error = await broker
      .append('t', 0, { count: 1, ndjson: new Uint8Array(1_000_000_000) })
      .catch((failure: unknown) => failure)
    expect(isSluiceError(error, 'RECORD_TOO_LARGE') ? error.message : error).toContain('999000000')
  })

  it('gives disk space back when a topic is deleted, and when retention takes its records', async () => {
    await using broker = await openSqliteBroker({ file, clock: Date.now })
    for (const topic of ['deleted', 'limited']) {
      await broker.ensureTopic(topic, { partitions: 1, retention: { bytes: 0 } })
      for (let turn = 0; turn < 4; turn++)
        await broker.append(topic, 0, lines(...Array.from({ length: 8 }, () => MEGABYTE)))
    }
    await broker.deleteTopic('deleted')
    expect(await broker.retain(new Map())).toBe(32)
    await broker.close()
    expect(statSync(file).size).toBeLessThan(24 << 20)
    await using again = await openSqliteBroker({ file, clock: Date.now })
    expect((await again.describeTopics(['limited']))[0]?.partitions[0]).toMatchObject({ low: 32, high: 32 })
  })

  it('sweeps what a deleted topic has left behind in a crash', async () => {
    const store = await SqliteStore.open(file)
    const broker = new SqliteBroker(store, Date.now)
    await broker.ensureTopic('t', { partitions: 1 })
    await broker.append('t', 0, numbered(10))
    await store.write('crashing', (sql) => sql.run('DELETE FROM topics'))
    await store.close()
    await (await openSqliteBroker({ file, clock: Date.now })).close()
    const swept = await SqliteStore.open(file)
    expect(await swept.read('counting', (sql) => sql.one('SELECT count(*) AS n FROM batches'))).toMatchObject({ n: 0 })
    await swept.close()
  })
})

async function expectFull(promise: Promise<unknown>): Promise<void> {
  const error = await promise.catch((failure: unknown) => failure)
  expect(isSluiceError(error, 'DISK_FULL') ? error.retryable : error).toBe(true)
}

/** Fills the disk with batches of 1,000; returns how many were acknowledged. */
async function appendUntilFull(broker: Broker): Promise<number> {
  for (let turn = 0; turn < 10_000; turn++) {
    try {
      await broker.append('t', 0, numbered(1_000, turn * 1_000))
    } catch (error) {
      if (isSluiceError(error, 'DISK_FULL') && error.retryable) return turn
      throw error
    }
  }
  throw new Error('the disk was never full')
}

function mount(folder: string, size: string): void {
  execFileSync('/bin/mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder], { stdio: 'ignore' })
}

function unmount(folder: string): void {
  execFileSync('/bin/umount', [folder], { stdio: 'ignore' })
}

function canMount(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false
  const probe = mkdtempSync(join(tmpdir(), 'sluice-mount-'))
  try {
    mount(probe, '64k')
    unmount(probe)
    return true
  } catch {
    return false
  } finally {
    rmSync(probe, { recursive: true })
  }
}

/** Permissions hold nobody back who is root. */
function asNobody(): { restore(): void } {
  const { geteuid, seteuid } = process
  if (!geteuid || !seteuid || geteuid() !== 0) return { restore: () => undefined }
  seteuid(65_534)
  return { restore: () => seteuid(0) }
}
