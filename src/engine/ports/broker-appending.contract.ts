import { expect, it } from 'vitest'
import {
  type BrokerStand,
  bytes,
  expectCode,
  lines,
  makeTopic,
  numbered,
  numbers,
  readAll,
  readBatches,
  readValues,
} from './broker-samples.contract.ts'

export function appendingContract(stand: BrokerStand): void {
  it('gives ascending offsets in the order of the appends', async () => {
    const topic = await makeTopic(stand.broker)
    const first = await stand.broker.append(topic, 0, numbered(3))
    const second = await stand.broker.append(topic, 0, numbered(2, 3))
    expect(first).toEqual({ topic, partition: 0, first: 0, last: 2 })
    expect(second.first).toBeGreaterThan(first.last)
    expect(second.last).toBe(second.first + 1)
    expect((await readAll(stand.broker, topic)).map((record) => record.offset)).toEqual([
      0,
      1,
      2,
      second.first,
      second.last,
    ])
  })

  it.runIf(stand.can.gapless)('leaves no gap between appends', async () => {
    const topic = await makeTopic(stand.broker)
    for (let append = 0; append < 5; append++) await stand.broker.append(topic, 0, numbered(2))
    expect((await readAll(stand.broker, topic)).map((record) => record.offset)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  })

  it('keeps the order of records within an append and over appends', async () => {
    const topic = await makeTopic(stand.broker)
    for (let from = 0; from < 100; from += 20) await stand.broker.append(topic, 0, numbered(20, from))
    expect(await readValues(stand.broker, topic)).toEqual(numbers(100))
  })

  it('keeps partitions apart', async () => {
    const topic = await makeTopic(stand.broker, 2)
    await stand.broker.append(topic, 0, lines('"a"'))
    await stand.broker.append(topic, 1, lines('"b"'))
    expect(await readValues(stand.broker, topic, { partition: 0 })).toEqual(['"a"'])
    expect(await readValues(stand.broker, topic, { partition: 1 })).toEqual(['"b"'])
  })

  it('answers an empty append with an empty range, and changes nothing', async () => {
    const topic = await makeTopic(stand.broker)
    await stand.broker.append(topic, 0, numbered(2))
    const range = await stand.broker.append(topic, 0, { count: 0, ndjson: new Uint8Array() })
    expect(range.last).toBe(range.first - 1)
    expect(await readAll(stand.broker, topic)).toHaveLength(2)
  })

  it('keeps values byte for byte: white space, order and spelling of JSON, what is no JSON', async () => {
    const values = ['{ "b":1.0,  "a":1e3 }', '{"text":"Grüße 🚀 \\n"}', 'not json', ' ', '', '{"a":1}\r']
    const topic = await makeTopic(stand.broker)
    await stand.broker.append(topic, 0, lines(...values))
    expect(await readValues(stand.broker, topic)).toEqual(values)
  })

  it('keeps values that no line can hold: raw newlines, bytes that are no UTF-8, tombstones', async () => {
    const exact = new Map<number, Uint8Array | null>([
      [1, bytes('two\nlines')],
      [2, Uint8Array.of(0, 255, 254, 10, 13)],
      [3, null],
    ])
    const topic = await makeTopic(stand.broker)
    await stand.broker.append(topic, 0, { ...lines('"a"', '', '', '', '', '"b"'), exact })
    const values = await readValues(stand.broker, topic)
    expect(values).toEqual(['"a"', exact.get(1), exact.get(2), null, '', '"b"'])
  })

  it('keeps keys: none, empty, unicode, long', async () => {
    const keys = [null, '', 'köy-🔑', 'x'.repeat(5_000), '"quoted"\n']
    const topic = await makeTopic(stand.broker)
    await stand.broker.append(topic, 0, { ...numbered(5), keys })
    await stand.broker.append(topic, 0, numbered(1))
    expect((await readAll(stand.broker, topic)).map((record) => record.key)).toEqual([...keys, null])
  })

  it('keeps timestamps, the same for all or each its own', async () => {
    const own = Float64Array.of(1_700_000_000_123, 1_600_000_000_000, 1_800_000_000_000)
    const same = Float64Array.of(1_750_000_000_000, 1_750_000_000_000)
    const topic = await makeTopic(stand.broker)
    await stand.broker.append(topic, 0, { ...numbered(3), timestamps: own })
    await stand.broker.append(topic, 0, { ...numbered(2), timestamps: same })
    expect((await readAll(stand.broker, topic)).map((record) => record.timestamp)).toEqual([...own, ...same])
  })

  it('gives records without a timestamp the time of their append', async () => {
    const topic = await makeTopic(stand.broker)
    const before = Date.now()
    await stand.broker.append(topic, 0, numbered(2))
    const after = Date.now()
    for (const { timestamp } of await readAll(stand.broker, topic)) {
      expect(timestamp).toBeGreaterThanOrEqual(before)
      expect(timestamp).toBeLessThanOrEqual(after)
    }
  })

  it('keeps where the records of a filter came from', async () => {
    const topic = await makeTopic(stand.broker)
    const origin = { topic: 'source', partition: 7, offsets: Float64Array.of(3, 5, 2 ** 40) }
    await stand.broker.append(topic, 0, { ...numbered(3), origin })
    const [batch] = await readBatches(stand.broker, topic)
    expect(batch?.origin).toEqual(origin)
  })

  it('never gives records of two origins in one batch', async () => {
    const topic = await makeTopic(stand.broker)
    const from = (partition: number) => ({ topic: 'source', partition, offsets: Float64Array.of(partition) })
    for (const partition of [1, 1, 2]) await stand.broker.append(topic, 0, { ...numbered(1), origin: from(partition) })
    await stand.broker.append(topic, 0, numbered(1))
    const batches = await readBatches(stand.broker, topic)
    const origins = batches.flatMap((batch) => Array.from({ length: batch.count }, () => batch.origin?.partition))
    expect(origins).toEqual([1, 1, 2, undefined])
    for (const batch of batches) expect(batch.origin?.offsets.length ?? batch.count).toBe(batch.count)
  })

  it('takes many records at once, in one act', async () => {
    const topic = await makeTopic(stand.broker)
    const many = numbered(50_000)
    const keys = Array.from({ length: 50_000 }, (_, index) => (index % 3 ? `k${index}` : null))
    const timestamps = Float64Array.from({ length: 50_000 }, (_, index) => 1_700_000_000_000 + index)
    const exact = new Map([[49_999, null]])
    const range = await stand.broker.append(topic, 0, { ...many, keys, timestamps, exact })
    expect(range).toMatchObject({ first: 0, last: 49_999 })
    const seen = await readAll(stand.broker, topic)
    expect(seen.map((record) => record.value)).toEqual([...numbers(49_999), null])
    expect(seen.map((record) => record.key)).toEqual(keys)
    expect(seen.map((record) => record.timestamp)).toEqual([...timestamps])
  })

  it.runIf(stand.can.largeValues)('takes values of many megabytes, and each comes back whole', async () => {
    const topic = await makeTopic(stand.broker)
    const large = [`"${'a'.repeat(20 << 20)}"`, '"small"', `"${'b'.repeat(9 << 20)}"`]
    await stand.broker.append(topic, 0, lines(...large))
    const values = await readValues(stand.broker, topic, { limits: { maxRecords: 10, maxBytes: 1_000 } })
    expect(values.map((value) => value?.length)).toEqual(large.map((value) => value.length))
    expect(values).toEqual(large)
  })

  it('writes nothing of an append that it refuses', async () => {
    const topic = await makeTopic(stand.broker)
    await expectCode('INTERNAL', stand.broker.append(topic, 0, { count: 3, ndjson: bytes('"a"\n"b"') }))
    await expectCode('INTERNAL', stand.broker.append(topic, 0, { ...numbered(2), keys: ['a'] }))
    await expectCode(
      'INTERNAL',
      stand.broker.append(topic, 0, { ...numbered(1), timestamps: Float64Array.of(Number.NaN) }),
    )
    expect(await readAll(stand.broker, topic)).toEqual([])
  })

  it('has what was appended once it is opened again', async () => {
    const topic = await makeTopic(stand.broker)
    const first = await stand.reopen()
    await first.append(topic, 0, numbered(3))
    await first.close()
    await using second = await stand.reopen()
    expect(await readValues(second, topic)).toEqual(numbers(3))
  })

  it('takes appends of several instances at once: each whole, once, and in its order', async () => {
    await using other = await stand.reopen()
    const topic = await makeTopic(stand.broker)
    const appending = [stand.broker, other].flatMap((broker, writer) =>
      Array.from({ length: 20 }, (_, turn) =>
        broker.append(topic, 0, lines(...[0, 1, 2].map((n) => `${writer}/${turn}/${n}`))),
      ),
    )
    const ranges = await Promise.all(appending)
    expect(new Set(ranges.map((range) => range.first)).size).toBe(40)
    const values = await readValues(stand.broker, topic)
    expect(values).toHaveLength(120)
    for (let first = 0; first < values.length; first += 3) {
      const stem = String(values[first]).slice(0, -1)
      expect(values.slice(first, first + 3)).toEqual([0, 1, 2].map((n) => `${stem}${n}`))
    }
    for (const writer of ['0/', '1/']) {
      const turns = values
        .filter((value) => String(value).startsWith(writer))
        .map((value) => Number(String(value).split('/')[1]))
      expect(turns).toEqual(turns.toSorted((a, b) => a - b))
    }
  })
}
