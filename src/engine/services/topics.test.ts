import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { ShownRecord, Tail } from '#contract/topics.ts'
import { sqliteBroker } from '#engine/adapters/embedded/sqlite-broker.ts'
import { MANUAL_GROUP, manualPositionSchema, parsePosition } from '#engine/core/positions.ts'
import type { Broker } from '#engine/ports/broker.ts'
import { DEMO_PLAN } from '#tests/cli/engine-double.ts'
import { QUIET } from '#tests/cli/quiet-log.ts'
import { createTopicsService } from './topics.ts'

let broker: Broker
const running = new Set<string>()

beforeEach(async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'sluice-topics-')), 'broker.sqlite')
  broker = await sqliteBroker.open({ file }, { log: QUIET })
  await broker.ensureTopic('things', { partitions: 3 })
})

afterEach(async () => {
  running.clear()
  await broker.close()
})

function service() {
  return createTopicsService({ broker, plans: () => [DEMO_PLAN], isRunning: (name) => running.has(name) })
}

async function tail(request: Partial<Tail>, signal = new AbortController().signal): Promise<ShownRecord[]> {
  const pages = await Array.fromAsync(service().tail({ topic: 'things', from: 'beginning', ...request }, signal))
  return pages.flatMap(({ records }) => records)
}

function some(count: number): { key: string; value: string }[] {
  return Array.from({ length: count }, (_, n) => ({ key: `k${n % 7}`, value: `{"n":${n}}` }))
}

it('appends by hand in one transaction with the count of all that were', async () => {
  const topics = service()
  await Promise.all([
    topics.produce({ topic: 'things', records: some(10) }),
    topics.produce({ topic: 'things', records: some(5) }),
  ])
  const again = createTopicsService({ broker, plans: () => [], isRunning: () => false })
  await again.produce({ topic: 'things', records: some(1) })
  const position = await broker.position(MANUAL_GROUP, 'things', 0)
  expect(parsePosition(position?.metadata, manualPositionSchema, 'it').produced).toBe(16)
  expect((await topics.list())[0]).toMatchObject({ name: 'things', records: 16, appended: 16, pipeline: 'demo' })
})

it('routes by key as every producer does: one key, one partition, in order', async () => {
  await service().produce({ topic: 'things', records: some(70) })
  const records = await tail({ n: 70 })
  for (const key of new Set(records.map((record) => record.key))) {
    const ours = records.filter((record) => record.key === key)
    expect(new Set(ours.map(({ partition }) => partition)).size).toBe(1)
    expect(ours.map(({ value }) => Number(/\d+/.exec(value ?? '')?.[0]))).toEqual(
      ours.map((_, i) => Number(key?.slice(1)) + 7 * i),
    )
  }
})

it('keeps tombstones, texts that are no JSON, and the value of JSON over several lines', async () => {
  const values = [null, 'two\nlines', '{\n  "a": "x\\ny",\n  "big": 12345678901234567890\n}', '', 'plain']
  await service().produce({ topic: 'things', records: values.map((value) => ({ key: 'one', value })) })
  const shown = (await tail({ n: 5 })).map(({ value }) => value)
  expect(shown).toEqual([null, 'two\nlines', '{   "a": "x\\ny",   "big": 12345678901234567890 }', '', 'plain'])
})

it('shows bytes that are no text as base64', async () => {
  const exact = new Map([[0, Uint8Array.of(0xff, 0xfe, 10)]])
  await broker.append('things', 1, { count: 1, ndjson: new Uint8Array(), exact })
  expect(await tail({ n: 1 })).toMatchObject([{ value: '//4K', encoding: 'base64', partition: 1, offset: 0 }])
})

it('tails every record once, each partition in order, over many pages', async () => {
  await service().produce({ topic: 'things', records: some(2500) })
  const records = await tail({ n: 2500 })
  expect(new Set(records.map(({ partition, offset }) => `${partition}/${offset}`)).size).toBe(2500)
  for (const partition of [0, 1, 2]) {
    const offsets = records.filter((record) => record.partition === partition).map(({ offset }) => offset)
    expect(offsets).toEqual(offsets.map((_, index) => index))
  }
})

it('ends after n records, and after the timeout without one, also where there are fewer', async () => {
  await service().produce({ topic: 'things', records: some(20) })
  expect(await tail({ n: 7 })).toHaveLength(7)
  expect(await tail({ n: 100, timeoutMs: 50 })).toHaveLength(20)
  expect(await tail({ from: 'end', timeoutMs: 50 })).toHaveLength(0)
})

it('starts at an offset, at a time, and in one partition', async () => {
  const timestamps = Float64Array.of(1000, 2000, 3000)
  await broker.append('things', 0, { count: 3, ndjson: Buffer.from('1\n2\n3'), timestamps })
  const values = async (request: Partial<Tail>) => (await tail({ ...request, timeoutMs: 30 })).map(({ value }) => value)
  expect(await values({ from: { offset: 1 } })).toEqual(['2', '3'])
  expect(await values({ from: { time: '1970-01-01T00:00:02.500Z' } })).toEqual(['3'])
  expect(await values({ partition: 1 })).toEqual([])
  await expect(values({ partition: 9 })).rejects.toThrow('no partition 9')
})

it('follows what comes, soon, until it is aborted', async () => {
  const stop = new AbortController()
  const seen: number[] = []
  const following = (async () => {
    for await (const { records } of service().tail({ topic: 'things', from: 'end' }, stop.signal)) {
      seen.push(...records.map(() => performance.now()))
    }
  })()
  await new Promise((resolve) => setTimeout(resolve, 100))
  const before = performance.now()
  await service().produce({ topic: 'things', records: some(3) })
  await expect.poll(() => seen.length).toBe(3)
  expect((seen.at(-1) ?? 0) - before).toBeLessThan(500)
  stop.abort()
  await following
})

it('says in its description who reads the topic, and how far behind; producers are no readers', async () => {
  await service().produce({ topic: 'things', records: some(9) })
  await broker.commit([{ group: 'sluice.demo.dangerous', topic: 'things', partition: 0, next: 0, metadata: '' }])
  const { groups, columns, parts } = await service().describe('things')
  expect(groups).toEqual([{ group: 'sluice.demo.dangerous', lag: parts[0]?.high }])
  expect(columns).toEqual([
    { name: 'name', type: 'string', required: true },
    { name: 'size', type: 'double', required: false },
  ])
  expect((await service().groups()).map(({ group }) => group)).toEqual(['sluice.demo.dangerous'])
})

it('refuses to delete the topic of a pipeline that runs', async () => {
  running.add('demo')
  await expect(service().delete('things')).rejects.toMatchObject({ code: 'USAGE' })
  running.clear()
  expect(await service().delete('things')).toEqual({ topic: 'things', records: 0 })
  await expect(service().describe('things')).rejects.toMatchObject({ code: 'TOPIC_UNKNOWN' })
  await expect(tail({})).rejects.toMatchObject({ code: 'TOPIC_UNKNOWN' })
  await expect(service().produce({ topic: 'things', records: some(1) })).rejects.toMatchObject({
    code: 'TOPIC_UNKNOWN',
  })
})
