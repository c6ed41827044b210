import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Records } from '#engine/core/batch.ts'
import {
  type BrokerStand,
  bytes,
  expectCode,
  lines,
  makeTopic,
  numbered,
  numbers,
  readAll,
  readValues,
  WIDE,
} from './broker-samples.contract.ts'

export function readingContract(stand: BrokerStand): void {
  it('reads from an offset in append order, skipping none', async () => {
    const topic = await makeTopic(stand.broker)
    const range = await stand.broker.append(topic, 0, numbered(10))
    expect(await readValues(stand.broker, topic, { from: range.first + 4 })).toEqual(numbers(6, 4))
  })

  it('gives at most as many records as asked for, and goes on behind them', async () => {
    const topic = await makeTopic(stand.broker)
    await stand.broker.append(topic, 0, numbered(10))
    const first = await stand.broker.read(topic, 0, 0, { ...WIDE, maxRecords: 4 })
    expect(first).toMatchObject({ topic, partition: 0, firstOffset: 0, count: 4 })
    expect(await readValues(stand.broker, topic, { from: first?.nextOffset ?? -1 })).toEqual(numbers(6, 4))
  })

  it('gives at most as many bytes of values as asked for', async () => {
    const topic = await makeTopic(stand.broker)
    await stand.broker.append(topic, 0, lines(...Array.from({ length: 50 }, () => 'x'.repeat(100))))
    const batch = await stand.broker.read(topic, 0, 0, { maxRecords: 1_000, maxBytes: 1_050 })
    expect(batch?.count).toBeGreaterThan(0)
    expect(batch?.ndjson.length).toBeLessThanOrEqual(1_050)
  })

  it('counts what no line can hold against the bytes asked for', async () => {
    const topic = await makeTopic(stand.broker)
    const exact = new Map([0, 1, 2, 3].map((index) => [index, new Uint8Array(1_000)]))
    await stand.broker.append(topic, 0, { ...lines('', '', '', ''), exact })
    const batch = await stand.broker.read(topic, 0, 0, { maxRecords: 10, maxBytes: 2_500 })
    expect(batch?.count).toBeGreaterThan(0)
    expect(batch?.count).toBeLessThanOrEqual(2)
  })

  it('gives a record that is larger than the bytes asked for alone', async () => {
    const topic = await makeTopic(stand.broker)
    await stand.broker.append(topic, 0, lines('1', `"${'x'.repeat(5_000)}"`, '2'))
    const limits = { maxRecords: 10, maxBytes: 100 }
    const first = await stand.broker.read(topic, 0, 0, limits)
    expect(first?.count).toBe(1)
    const large = await stand.broker.read(topic, 0, first?.nextOffset ?? -1, limits)
    expect(large).toMatchObject({ count: 1 })
    expect(large?.ndjson).toHaveLength(5_002)
  })

  it('gives undefined at the end, and on an empty partition', async () => {
    const topic = await makeTopic(stand.broker, 2)
    await stand.broker.append(topic, 0, numbered(3))
    const [described] = await stand.broker.describeTopics([topic])
    expect(await stand.broker.read(topic, 0, described?.partitions[0]?.high ?? -1, WIDE)).toBeUndefined()
    expect(await stand.broker.read(topic, 1, 0, WIDE)).toBeUndefined()
  })

  it('refuses an offset outside of what it holds, and never moves it', async () => {
    const topic = await makeTopic(stand.broker)
    await stand.broker.append(topic, 0, numbered(3))
    const [described] = await stand.broker.describeTopics([topic])
    await expectCode(
      'OFFSET_OUT_OF_RANGE',
      stand.broker.read(topic, 0, (described?.partitions[0]?.high ?? 0) + 1, WIDE),
    )
    await expectCode('OFFSET_OUT_OF_RANGE', stand.broker.read(topic, 0, -1, WIDE))
  })

  it('gives each record once and whole, whatever the appends and the limits are', async () => {
    const appends = fc.array(fc.array(record, { minLength: 1, maxLength: 9 }), { minLength: 1, maxLength: 6 })
    const limits = fc.record({ maxRecords: fc.integer({ min: 1, max: 8 }), maxBytes: fc.integer({ min: 1, max: 60 }) })
    await fc.assert(
      fc.asyncProperty(appends, limits, async (batches, within) => {
        const topic = await makeTopic(stand.broker)
        for (const batch of batches) await stand.broker.append(topic, 0, recordsFrom(batch))
        const seen = await readAll(stand.broker, topic, { limits: within })
        expect(seen.map(({ value, key, timestamp }) => ({ value, key, timestamp }))).toEqual(batches.flat().map(normal))
        await stand.broker.deleteTopic(topic)
      }),
      { numRuns: 25 },
    )
  })

  it('shows an instance what another has appended', async () => {
    await using other = await stand.reopen()
    const topic = await makeTopic(stand.broker)
    await stand.broker.append(topic, 0, numbered(2))
    expect(await readValues(other, topic)).toEqual(numbers(2))
  })

  it('finds the first offset at or after a time', async () => {
    const topic = await makeTopic(stand.broker)
    const at = (...timestamps: number[]): Records => ({
      ...numbered(timestamps.length),
      timestamps: Float64Array.from(timestamps),
    })
    const first = await stand.broker.append(topic, 0, at(1_000, 2_000, 3_000))
    const second = await stand.broker.append(topic, 0, at(5_000, 5_000))
    const found = async (time: number): Promise<number> => stand.broker.offsetAt(topic, 0, time)
    expect(await found(0)).toBe(first.first)
    expect(await found(2_000)).toBe(first.first + 1)
    expect(await found(2_001)).toBe(first.first + 2)
    expect(await found(3_001)).toBe(second.first)
    expect(await found(5_000)).toBe(second.first)
  })

  it('gives the end where no record is as young, and on an empty partition', async () => {
    const topic = await makeTopic(stand.broker, 2)
    await stand.broker.append(topic, 0, { ...numbered(1), timestamps: Float64Array.of(1_000) })
    const [described] = await stand.broker.describeTopics([topic])
    expect(await stand.broker.offsetAt(topic, 0, 1_001)).toBe(described?.partitions[0]?.high)
    expect(await stand.broker.offsetAt(topic, 1, 0)).toBe(0)
  })

  it('finds times also where they do not ascend', async () => {
    const times = fc.array(fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 4 }), {
      minLength: 1,
      maxLength: 6,
    })
    await fc.assert(
      fc.asyncProperty(times, fc.integer({ min: 0, max: 21 }), async (appends, wanted) => {
        const topic = await makeTopic(stand.broker)
        for (const own of appends) {
          await stand.broker.append(topic, 0, { ...numbered(own.length), timestamps: Float64Array.from(own) })
        }
        const seen = await readAll(stand.broker, topic)
        const [described] = await stand.broker.describeTopics([topic])
        const expected = seen.find((each) => each.timestamp >= wanted)?.offset ?? described?.partitions[0]?.high
        expect(await stand.broker.offsetAt(topic, 0, wanted)).toBe(expected)
      }),
      { numRuns: 25 },
    )
  })
}

interface Sample {
  readonly value: string | Uint8Array | null
  readonly key: string | null
  readonly timestamp: number
}

const record: fc.Arbitrary<Sample> = fc.record({
  value: fc.oneof(
    fc.constantFrom('', '{"a":1}', '"äöü"'),
    fc.uint8Array({ maxLength: 20 }).map((own) => Uint8Array.of(...own, 10)),
    fc.constant(null),
  ),
  key: fc.option(fc.constantFrom('', 'a', 'ключ')),
  timestamp: fc.integer({ min: 0, max: 3 }),
})

// A fuzzer's bytes are of its own realm's class.
function normal(sample: Sample): Sample {
  return { ...sample, value: sample.value instanceof Uint8Array ? new Uint8Array(sample.value) : sample.value }
}

function recordsFrom(samples: readonly Sample[]): Records {
  const exact = new Map(
    samples.flatMap(({ value }, index) => (typeof value === 'string' ? [] : [[index, value] as const])),
  )
  return {
    count: samples.length,
    ndjson: bytes(samples.map(({ value }) => (typeof value === 'string' ? value : '')).join('\n')),
    keys: samples.map((sample) => sample.key),
    timestamps: Float64Array.from(samples, (sample) => sample.timestamp),
    exact,
  }
}
