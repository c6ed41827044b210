import { expect, it } from 'vitest'
import { type BrokerStand, makeTopic, newName, numbered } from './broker-samples.contract.ts'

export function groupsContract(stand: BrokerStand): void {
  it('knows no position before the first commit', async () => {
    const topic = await makeTopic(stand.broker)
    expect(await stand.broker.position(newName(), topic, 0)).toBeUndefined()
    expect(await stand.broker.position(newName(), newName(), 0)).toBeUndefined()
  })

  it('gives back what was committed last, forwards or backwards, with the words of the committer', async () => {
    const topic = await makeTopic(stand.broker)
    const group = newName()
    await stand.broker.append(topic, 0, numbered(10))
    for (const next of [3, 9, 5]) {
      await stand.broker.commit([{ group, topic, partition: 0, next, metadata: `{"next":${next},"ü":"🚀"}` }])
    }
    expect(await stand.broker.position(group, topic, 0)).toEqual({ next: 5, metadata: '{"next":5,"ü":"🚀"}' })
  })

  it('keeps positions of groups, topics and partitions apart', async () => {
    const [one, two] = [await makeTopic(stand.broker, 2), await makeTopic(stand.broker)]
    const group = newName()
    await stand.broker.commit([
      { group, topic: one, partition: 0, next: 1, metadata: '' },
      { group, topic: one, partition: 1, next: 2, metadata: '' },
      { group, topic: two, partition: 0, next: 3, metadata: '' },
    ])
    expect((await stand.broker.position(group, one, 0))?.next).toBe(1)
    expect((await stand.broker.position(group, one, 1))?.next).toBe(2)
    expect((await stand.broker.position(group, two, 0))?.next).toBe(3)
    expect(await stand.broker.position(newName(), one, 0)).toBeUndefined()
  })

  it('shows what was committed to another instance, and after it is opened again', async () => {
    const topic = await makeTopic(stand.broker)
    const group = newName()
    const first = await stand.reopen()
    await first.commit([{ group, topic, partition: 0, next: 4, metadata: 'x' }])
    expect(await stand.broker.position(group, topic, 0)).toEqual({ next: 4, metadata: 'x' })
    await first.close()
    await using second = await stand.reopen()
    expect(await second.position(group, topic, 0)).toEqual({ next: 4, metadata: 'x' })
  })

  it('tells how far each position is behind the end', async () => {
    const topic = await makeTopic(stand.broker, 2)
    const group = newName()
    await stand.broker.append(topic, 0, numbered(10))
    await stand.broker.commit([
      { group, topic, partition: 0, next: 4, metadata: '' },
      { group, topic, partition: 1, next: 0, metadata: '' },
    ])
    const [described] = await stand.broker.describeGroups(group)
    expect(described).toMatchObject({
      group,
      positions: [
        { topic, partition: 0, next: 4 },
        { topic, partition: 1, next: 0, lag: 0 },
      ],
    })
    expect(described?.positions[0]?.lag).toBeGreaterThanOrEqual(6)
  })

  it('describes the groups of a prefix, which is no pattern', async () => {
    const topic = await makeTopic(stand.broker)
    const prefix = `${newName()}_%`
    for (const group of [`${prefix}b`, `${prefix}a`, prefix.replace('_', 'x')]) {
      await stand.broker.commit([{ group, topic, partition: 0, next: 0, metadata: '' }])
    }
    const described = await stand.broker.describeGroups(prefix)
    expect(described.map((each) => each.group)).toEqual([`${prefix}a`, `${prefix}b`])
    const all = (await stand.broker.describeGroups()).map((each) => each.group)
    expect(all).toEqual(expect.arrayContaining([`${prefix}a`, prefix.replace('_', 'x')]))
  })

  it('forgets every position of a group, and no other', async () => {
    const topic = await makeTopic(stand.broker)
    const [gone, stays] = [newName(), newName()]
    for (const group of [gone, stays])
      await stand.broker.commit([{ group, topic, partition: 0, next: 1, metadata: '' }])
    await stand.broker.deleteGroup(gone)
    await stand.broker.deleteGroup(gone)
    expect(await stand.broker.position(gone, topic, 0)).toBeUndefined()
    expect((await stand.broker.position(stays, topic, 0))?.next).toBe(1)
  })

  it('keeps words of some length', async () => {
    const topic = await makeTopic(stand.broker)
    const group = newName()
    const metadata = JSON.stringify({ text: 'x'.repeat(20_000) })
    await using writer = await stand.broker.openWriter(newName())
    await writer.transact({ appends: [], commits: [{ group, topic, partition: 0, next: 0, metadata }] })
    expect(await stand.broker.position(group, topic, 0)).toEqual({ next: 0, metadata })
  })
}
