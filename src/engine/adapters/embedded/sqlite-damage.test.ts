import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isSluiceError } from '#engine/core/sluice-error.ts'
import type { Broker } from '#engine/ports/broker.ts'
import { expectCode, numbered, numbers, readValues, WIDE } from '#engine/ports/broker-samples.contract.ts'
import { openSqliteBroker } from './sqlite-broker.ts'

const RECORDS = 6_000
const PAGE = 16_384

describe('a damaged store', () => {
  let folder: string
  let healthy: string
  let copies = 0

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-damage-'))
    healthy = join(folder, 'healthy.sqlite')
    await using broker = await open(healthy)
    await broker.ensureTopic('orders', { partitions: 1 })
    for (let from = 0; from < RECORDS; from += 2_000) await broker.append('orders', 0, numbered(2_000, from))
    for (let one = 0; one < 50; one++) await broker.append('orders', 0, numbered(1, RECORDS + one))
    await broker.commit([{ group: 'readers', topic: 'orders', partition: 0, next: 1_234, metadata: '{}' }])
    await using writer = await broker.openWriter('writer')
    await writer.close()
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  /** A copy of the healthy store with something done to it. */
  function spoil(damage: (file: string) => void): string {
    const file = join(folder, `${copies++}.sqlite`)
    copyFileSync(healthy, file)
    damage(file)
    return file
  }

  it.each([0, 1, 100, 4_096, PAGE, 3 * PAGE, 3 * PAGE + 77])(
    'is told of when its file is cut to %i bytes',
    async (size) => {
      await expectDamaged(spoil((file) => truncateSync(file, size)))
    },
  )

  it('is told of when its last byte is gone', async () => {
    await expectDamaged(spoil((file) => truncateSync(file, statSync(file).size - 1)))
  })

  it.each([16, 100, 512, PAGE])('is told of when its first %i bytes are zero', async (size) => {
    await expectDamaged(spoil((file) => overwrite(file, 0, new Uint8Array(size))))
  })

  it("is told of when it is another program's file", async () => {
    await expectDamaged(spoil((file) => writeFileSync(file, 'Dear diary, '.repeat(1_000))))
    await expectDamaged(
      spoil((file) => {
        rmSync(file)
        using db = new DatabaseSync(file)
        db.exec('CREATE TABLE t (a)')
      }),
    )
  })

  it('is told from one of a newer version, with the way out', async () => {
    const file = spoil((spoiled) => change(spoiled, 'PRAGMA user_version = 99'))
    const error = await outcome(open(file))
    expect(isSluiceError(error, 'STORE_DAMAGED') && error.remedy).toContain('newer')
  })

  it('is never taken for whole: garbage in any page gives the right answer or an error that names the file', async () => {
    const pages = statSync(healthy).size / PAGE
    const errors = []
    for (let page = 0; page < pages; page++) {
      const file = spoil((spoiled) => overwrite(spoiled, page * PAGE, garbage(PAGE, page)))
      errors.push(await outcome(readEverything(file)))
      rmSync(file)
    }
    const told = errors.filter((error) => error !== undefined)
    for (const error of told) expectNamed(error, folder)
    // Pages that hold nothing may hold anything.
    expect(told.length).toBeGreaterThan(pages * 0.8)
  })

  it('is never taken for whole: nor with single bytes flipped', async () => {
    const size = statSync(healthy).size
    const told = []
    for (let seed = 0; seed < 40; seed++) {
      const at = (seed * 104_729 * 31) % size
      const file = spoil((spoiled) => flip(spoiled, at))
      const error = await outcome(readEverything(file))
      if (error !== undefined) told.push(error)
      rmSync(file)
    }
    for (const error of told) expectNamed(error, folder)
    expect(told.length).toBeGreaterThan(5)
  })

  it('names topic, partition and offset of a batch that is not as it was written, and reads the others', async () => {
    const file = spoil((spoiled) => replace(spoiled, '{"n":2500}', '{"n":2501}'))
    await using broker = await open(file)
    const error = await outcome(broker.read('orders', 0, 2_345, WIDE))
    expectNamed(error, file)
    expect(String(error)).toContain('orders/0 at offset 2000')
    expect((await broker.read('orders', 0, 0, { maxRecords: 2_000, maxBytes: WIDE.maxBytes }))?.count).toBe(2_000)
    expect((await broker.read('orders', 0, 4_000, WIDE))?.count).toBe(2_050)
  })

  it.each([
    ['a position', 'UPDATE positions SET next = next + 1'],
    ['the words beside a position', `UPDATE positions SET metadata = '{"in":1}'`],
    ['the end of a partition', 'UPDATE partitions SET high = high - 1'],
    ['a topic', "UPDATE topics SET incarnation = 'other'"],
    ['the epoch of a writer', 'UPDATE writers SET epoch = epoch - 1'],
    ['the place of a batch', 'UPDATE batches SET timestamp = timestamp - 1 WHERE base = 0'],
    ['a batch that is gone', 'DELETE FROM batches WHERE base = 2000'],
  ])('is told of when SQLite sees nothing wrong: %s', async (_, sql) => {
    await expectDamaged(spoil((file) => change(file, sql)))
  })

  it('gives no offset twice where the end of a partition has gone back', async () => {
    const file = spoil((spoiled) => change(spoiled, 'DELETE FROM batches WHERE base = 0'))
    await using broker = await open(file)
    await expectCode('STORE_DAMAGED', broker.read('orders', 0, 10, WIDE))
    expect(await broker.append('orders', 0, numbered(1))).toMatchObject({ first: RECORDS + 50 })
  })

  it('is left as it is found', async () => {
    const file = spoil((spoiled) => overwrite(spoiled, 0, new Uint8Array(100)))
    const before = readFileSync(file)
    await expectCode('STORE_DAMAGED', open(file))
    expect(readFileSync(file).equals(before)).toBe(true)
  })
})

function open(file: string): Promise<Broker> {
  return openSqliteBroker({ file, clock: Date.now })
}

/** Touches every table. Right answers only, or an error. */
async function readEverything(file: string): Promise<void> {
  await using broker = await open(file)
  const [topic] = await broker.describeTopics()
  expect(topic).toMatchObject({ name: 'orders', partitions: [{ low: 0, high: RECORDS + 50 }] })
  expect(await readValues(broker, 'orders', { limits: { maxRecords: 1_500, maxBytes: 1 << 20 } })).toEqual(
    numbers(RECORDS + 50),
  )
  expect(await broker.offsetAt('orders', 0, 0)).toBe(0)
  expect(await broker.position('readers', 'orders', 0)).toEqual({ next: 1_234, metadata: '{}' })
  expect(await broker.describeGroups()).toHaveLength(1)
  await broker.openWriter('writer')
  expect(await broker.append('orders', 0, numbered(1))).toMatchObject({ first: RECORDS + 50 })
}

async function outcome(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  )
}

async function expectDamaged(file: string): Promise<void> {
  expectNamed(await outcome(readEverything(file)), file)
}

function expectNamed(error: unknown, file: string): void {
  expect(isSluiceError(error, 'STORE_DAMAGED') ? 'STORE_DAMAGED' : error).toBe('STORE_DAMAGED')
  expect(String(error)).toContain(file)
}

function overwrite(file: string, at: number, bytes: Uint8Array): void {
  const content = readFileSync(file)
  content.set(bytes, at)
  writeFileSync(file, content)
}

function flip(file: string, at: number): void {
  const content = readFileSync(file)
  content[at] = (content[at] ?? 0) ^ 0x41
  writeFileSync(file, content)
}

// Everywhere: pages that were given back keep what they held.
function replace(file: string, from: string, to: string): void {
  writeFileSync(file, Buffer.from(readFileSync(file).toString('latin1').replaceAll(from, to), 'latin1'))
}

function garbage(size: number, seed: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, index) => (Math.imul(index + 1, 2_654_435_761 + seed) >>> 13) & 0xff)
}

function change(file: string, sql: string): void {
  using db = new DatabaseSync(file)
  db.exec(sql)
}
