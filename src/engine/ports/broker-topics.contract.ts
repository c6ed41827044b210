import { expect, it } from 'vitest'
import {
  type BrokerStand,
  expectCode,
  lines,
  makeTopic,
  newName,
  numbered,
  readAll,
  readValues,
  WIDE,
} from './broker-samples.contract.ts'

export function topicsContract(stand: BrokerStand): void {
  it('makes a topic with its partitions, empty, from offset 0 on', async () => {
    const name = newName()
    const made = await stand.broker.ensureTopic(name, { partitions: 3 })
    expect(made.name).toBe(name)
    expect(made.partitions.map(({ partition, low, high, appended }) => ({ partition, low, high, appended }))).toEqual(
      [0, 1, 2].map((partition) => ({ partition, low: 0, high: 0, appended: 0 })),
    )
  })

  it('finds a topic again with its incarnation and its records', async () => {
    const name = newName()
    const made = await stand.broker.ensureTopic(name, { partitions: 2 })
    await stand.broker.append(name, 1, numbered(3))
    const found = await stand.broker.ensureTopic(name, { partitions: 2 })
    expect(found.incarnation).toBe(made.incarnation)
    expect(await readAll(stand.broker, name, { partition: 1 })).toHaveLength(3)
  })

  it('refuses a topic that is there with other partitions', async () => {
    const topic = await makeTopic(stand.broker, 2)
    await expectCode('TOPIC_EXISTS', stand.broker.ensureTopic(topic, { partitions: 3 }))
  })

  it.runIf(stand.can.retention)('keeps the retention that it was told last, or none', async () => {
    const name = newName()
    await stand.broker.ensureTopic(name, { partitions: 1, retention: { bytes: 1_000, ms: 60_000 } })
    const changed = await stand.broker.ensureTopic(name, { partitions: 1, retention: { ms: 5_000 } })
    expect(changed.retention).toEqual({ ms: 5_000 })
    await stand.broker.ensureTopic(name, { partitions: 1 })
    expect((await stand.broker.describeTopics([name]))[0]).not.toHaveProperty('retention')
  })

  it('says of a topic that is not there that it is not, and makes none', async () => {
    const { broker } = stand
    const topic = newName()
    await expectCode('TOPIC_UNKNOWN', broker.append(topic, 0, numbered(1)))
    await expectCode('TOPIC_UNKNOWN', broker.read(topic, 0, 0, WIDE))
    await expectCode('TOPIC_UNKNOWN', broker.offsetAt(topic, 0, 0))
    await expectCode('TOPIC_UNKNOWN', broker.describeTopics([topic]))
    await expectCode('TOPIC_UNKNOWN', broker.commit([{ group: 'g', topic, partition: 0, next: 0, metadata: '' }]))
    expect((await broker.describeTopics()).map((described) => described.name)).not.toContain(topic)
  })

  it('says the same of a partition that a topic does not have', async () => {
    const topic = await makeTopic(stand.broker, 2)
    await expectCode('TOPIC_UNKNOWN', stand.broker.append(topic, 2, numbered(1)))
    await expectCode('TOPIC_UNKNOWN', stand.broker.read(topic, 2, 0, WIDE))
  })

  it('describes all topics by name, or those named', async () => {
    const [one, two] = [await makeTopic(stand.broker), await makeTopic(stand.broker)].toSorted()
    const all = (await stand.broker.describeTopics()).map((described) => described.name)
    expect(all).toEqual(all.toSorted())
    expect(all).toEqual(expect.arrayContaining([one, two]))
    const named = await stand.broker.describeTopics([two ?? '', one ?? ''])
    expect(named.map((described) => described.name)).toEqual([one, two])
  })

  it('counts records and bytes of each partition', async () => {
    const topic = await makeTopic(stand.broker, 2)
    await stand.broker.append(topic, 1, numbered(5))
    const [described] = await stand.broker.describeTopics([topic])
    expect(described?.partitions[0]).toMatchObject({ appended: 0, bytes: 0 })
    expect(described?.partitions[1]?.appended).toBe(5)
    expect(described?.partitions[1]?.bytes).toBeGreaterThan(0)
  })

  it('deletes records and positions with their topic; deleting what is gone is done already', async () => {
    const { broker } = stand
    const topic = await makeTopic(broker)
    const group = newName()
    await broker.append(topic, 0, numbered(2))
    await broker.commit([{ group, topic, partition: 0, next: 1, metadata: '' }])
    await broker.deleteTopic(topic)
    await broker.deleteTopic(topic)
    await expectCode('TOPIC_UNKNOWN', broker.read(topic, 0, 0, WIDE))
    expect(await broker.position(group, topic, 0)).toBeUndefined()
    expect(await broker.describeGroups(group)).toEqual([])
  })

  it('gives a topic made again another incarnation, no records, no positions, and offset 0', async () => {
    const { broker } = stand
    const name = newName()
    const first = await broker.ensureTopic(name, { partitions: 1 })
    await broker.append(name, 0, lines('"old"', '"old"'))
    await broker.commit([{ group: name, topic: name, partition: 0, next: 2, metadata: '' }])
    await broker.deleteTopic(name)
    const second = await broker.ensureTopic(name, { partitions: 1 })
    expect(second.incarnation).not.toBe(first.incarnation)
    expect(await broker.position(name, name, 0)).toBeUndefined()
    expect(await broker.append(name, 0, lines('"new"'))).toMatchObject({ first: 0, last: 0 })
    expect(await readValues(broker, name)).toEqual(['"new"'])
  })

  it('makes one topic where two instances make it at once', async () => {
    await using other = await stand.reopen()
    const name = newName()
    const made = await Promise.all([stand.broker, other].map((broker) => broker.ensureTopic(name, { partitions: 2 })))
    expect(made[0]?.incarnation).toBe(made[1]?.incarnation)
  })

  it('closes once, however often it is told, and then takes nothing', async () => {
    const topic = await makeTopic(stand.broker)
    const other = await stand.reopen()
    await other.append(topic, 0, numbered(1))
    await Promise.all([other.close(), other.close()])
    await other.close()
    await expectCode('NOT_CONNECTED', other.append(topic, 0, numbered(1)))
    expect(await readAll(stand.broker, topic)).toHaveLength(1)
  })

  it('waits with closing for what is under way', async () => {
    const topic = await makeTopic(stand.broker)
    const other = await stand.reopen()
    const appending = other.append(topic, 0, numbered(10))
    await other.close()
    await appending
    expect(await readAll(stand.broker, topic)).toHaveLength(10)
  })
}
