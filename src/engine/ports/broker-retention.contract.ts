import { expect, it, onTestFinished } from 'vitest'
import type { Records } from '#engine/core/batch.ts'
import type { Broker, PartitionDescription, TopicSettings } from './broker.ts'
import {
  type BrokerStand,
  expectCode,
  lines,
  newName,
  numbered,
  numbers,
  readAll,
  readValues,
  WIDE,
} from './broker-samples.contract.ts'

const HOUR_MS = 3_600_000
const NOBODY: ReadonlyMap<string, readonly string[]> = new Map()

export function retentionContract(stand: BrokerStand): void {
  it.runIf(stand.can.retention)(
    'removes the oldest records by size, whole batches, and keeps what the limit allows',
    async () => {
      const { broker } = stand
      const topic = await limited(broker, { bytes: 2_500 })
      for (const letter of 'abcdef') await broker.append(topic, 0, lines(letter.repeat(1_000)))
      expect(await broker.retain(NOBODY)).toBe(3)
      expect((await readValues(broker, topic)).map((value) => String(value).slice(0, 1))).toEqual(['d', 'e', 'f'])
      expect((await partitionOf(broker, topic)).bytes).toBeGreaterThanOrEqual(2_500)
    },
  )

  it.runIf(stand.can.retention)('removes records by age, and stops at the first that is young', async () => {
    const { broker } = stand
    const topic = await limited(broker, { ms: HOUR_MS })
    for (const hours of [5, 3, 0, 4]) await broker.append(topic, 0, aged(hours))
    expect(await broker.retain(NOBODY)).toBe(4)
    expect(await readAll(broker, topic)).toHaveLength(4)
  })

  it.runIf(stand.can.retention)('never passes the slowest reader that it is told to keep for', async () => {
    const { broker } = stand
    const topic = await limited(broker, { bytes: 0 })
    const [slow, fast] = [newName(), newName()]
    for (let turn = 0; turn < 4; turn++) await broker.append(topic, 0, numbered(10, turn * 10))
    await broker.commit([
      { group: slow, topic, partition: 0, next: 25, metadata: '' },
      { group: fast, topic, partition: 0, next: 40, metadata: '' },
    ])
    expect(await broker.retain(new Map([slow, fast].map((group) => [group, [topic]])))).toBe(20)
    expect(await readValues(broker, topic, { from: 25 })).toEqual(numbers(15, 25))
    expect(await broker.retain(new Map([[fast, [topic]]]))).toBe(20)
  })

  it.runIf(stand.can.retention)('keeps everything for a reader that has not begun', async () => {
    const topic = await limited(stand.broker, { bytes: 0, ms: 0 })
    await stand.broker.append(topic, 0, aged(10))
    expect(await stand.broker.retain(new Map([[newName(), [topic]]]))).toBe(0)
    expect(await readAll(stand.broker, topic)).toHaveLength(2)
  })

  it.runIf(stand.can.retention)('asks of each partition by itself', async () => {
    const { broker } = stand
    const topic = await limited(broker, { bytes: 0 }, 2)
    const group = newName()
    for (const partition of [0, 1]) await broker.append(topic, partition, numbered(10))
    await broker.commit([{ group, topic, partition: 1, next: 10, metadata: '' }])
    expect(await broker.retain(new Map([[group, [topic]]]))).toBe(10)
    expect(await partitionOf(broker, topic, 0)).toMatchObject({ low: 0, high: 10 })
    expect(await partitionOf(broker, topic, 1)).toMatchObject({ low: 10, high: 10 })
  })

  it.runIf(stand.can.retention)('remembers how many records there ever were, and where the next one goes', async () => {
    const { broker } = stand
    const topic = await limited(broker, { bytes: 0 })
    await broker.append(topic, 0, numbered(7))
    await broker.retain(NOBODY)
    expect(await partitionOf(broker, topic)).toMatchObject({ low: 7, high: 7, appended: 7, bytes: 0 })
    expect(await broker.append(topic, 0, numbered(1))).toMatchObject({ first: 7, last: 7 })
    await expectCode('OFFSET_OUT_OF_RANGE', broker.read(topic, 0, 6, WIDE))
    expect(await broker.read(topic, 0, 7, WIDE)).toMatchObject({ firstOffset: 7, count: 1 })
  })

  it.runIf(stand.can.retention)('finds times among what it has kept', async () => {
    const { broker } = stand
    const topic = await limited(broker, { bytes: 30 })
    const at = (time: number): Records => ({ ...lines('x'.repeat(20)), timestamps: Float64Array.of(time) })
    for (const time of [9_000, 1_000, 2_000, 3_000]) await broker.append(topic, 0, at(time))
    expect(await broker.retain(NOBODY)).toBe(2)
    expect(await broker.offsetAt(topic, 0, 500)).toBe(2)
    expect(await broker.offsetAt(topic, 0, 2_500)).toBe(3)
    expect(await broker.offsetAt(topic, 0, 5_000)).toBe(4)
  })

  it('takes nothing from topics without limits', async () => {
    const topic = newName()
    await stand.broker.ensureTopic(topic, { partitions: 1 })
    await stand.broker.append(topic, 0, aged(1_000))
    await stand.broker.retain(NOBODY)
    expect(await readAll(stand.broker, topic)).toHaveLength(2)
  })
}

async function limited(
  broker: Broker,
  retention: NonNullable<TopicSettings['retention']>,
  partitions = 1,
): Promise<string> {
  const topic = newName()
  await broker.ensureTopic(topic, { partitions, retention })
  // `retain` counts what it removes from all topics.
  onTestFinished(() => broker.deleteTopic(topic))
  return topic
}

function aged(hours: number): Records {
  const timestamp = Date.now() - hours * HOUR_MS
  return { ...numbered(2), timestamps: Float64Array.of(timestamp, timestamp) }
}

async function partitionOf(broker: Broker, topic: string, partition = 0): Promise<PartitionDescription> {
  const [described] = await broker.describeTopics([topic])
  const found = described?.partitions[partition]
  if (!found) throw new Error(`${topic}/${partition} is not described`)
  return found
}
