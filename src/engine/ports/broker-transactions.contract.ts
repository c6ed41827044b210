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
} from './broker-samples.contract.ts'

export function transactionsContract(stand: BrokerStand): void {
  it('appends to several topics and commits positions as one', async () => {
    const { broker } = stand
    const [source, one, two] = [await makeTopic(broker), await makeTopic(broker), await makeTopic(broker, 2)]
    await using writer = await broker.openWriter(newName())
    const group = newName()
    await broker.append(source, 0, numbered(4))
    const ranges = await writer.transact({
      appends: [
        { topic: one, partition: 0, records: lines('"a"', '"b"') },
        { topic: two, partition: 1, records: lines('"c"') },
      ],
      commits: [{ group, topic: source, partition: 0, next: 4, metadata: '{"in":4}' }],
    })
    expect(ranges.map(({ topic, partition }) => ({ topic, partition }))).toEqual([
      { topic: one, partition: 0 },
      { topic: two, partition: 1 },
    ])
    expect(await readValues(broker, one)).toEqual(['"a"', '"b"'])
    expect(await readValues(broker, two, { partition: 1 })).toEqual(['"c"'])
    expect(await broker.position(group, source, 0)).toEqual({ next: 4, metadata: '{"in":4}' })
  })

  it('answers with ranges in the order of the appends, the same partition twice included', async () => {
    const topic = await makeTopic(stand.broker)
    await using writer = await stand.broker.openWriter(newName())
    const ranges = await writer.transact({
      appends: [
        { topic, partition: 0, records: lines('1', '2') },
        { topic, partition: 0, records: { count: 0, ndjson: new Uint8Array() } },
        { topic, partition: 0, records: lines('3') },
      ],
      commits: [],
    })
    expect(ranges.map(({ first, last }) => last - first + 1)).toEqual([2, 0, 1])
    expect(ranges[2]?.first).toBe(2)
    expect(await readValues(stand.broker, topic)).toEqual(['1', '2', '3'])
  })

  it('leaves nothing of a transaction of which one append is refused', async () => {
    const topic = await makeTopic(stand.broker)
    const group = newName()
    await using writer = await stand.broker.openWriter(newName())
    await expectCode(
      'TOPIC_UNKNOWN',
      writer.transact({
        appends: [
          { topic, partition: 0, records: numbered(2) },
          { topic: newName(), partition: 0, records: numbered(1) },
        ],
        commits: [{ group, topic, partition: 0, next: 1, metadata: '' }],
      }),
    )
    expect(await readAll(stand.broker, topic)).toEqual([])
    expect(await stand.broker.position(group, topic, 0)).toBeUndefined()
  })

  it('leaves nothing of a transaction of which one commit is refused, and the writer goes on', async () => {
    const topic = await makeTopic(stand.broker)
    await using writer = await stand.broker.openWriter(newName())
    const appends = [{ topic, partition: 0, records: numbered(2) }]
    const lost = { group: newName(), topic: newName(), partition: 0, next: 1, metadata: '' }
    await expectCode('TOPIC_UNKNOWN', writer.transact({ appends, commits: [lost] }))
    expect(await readAll(stand.broker, topic)).toEqual([])
    await writer.transact({ appends, commits: [] })
    expect(await readAll(stand.broker, topic)).toHaveLength(2)
  })

  it('keeps transactions apart that are asked for at once: the failure of one leaves the others whole', async () => {
    const topic = await makeTopic(stand.broker)
    const unknown = newName()
    const writers = await Promise.all(Array.from({ length: 12 }, () => stand.broker.openWriter(newName())))
    const asked = writers.map((writer, turn) => {
      const appends = [{ topic, partition: 0, records: lines(`${turn}a`, `${turn}b`) }]
      const failing = [...appends, { topic: unknown, partition: 0, records: lines('x') }]
      return writer.transact({ appends: turn % 3 === 1 ? failing : appends, commits: [] })
    })
    const outcomes = await Promise.allSettled(asked)
    expect(outcomes.map((outcome) => outcome.status)).toEqual(
      writers.map((_, turn) => (turn % 3 === 1 ? 'rejected' : 'fulfilled')),
    )
    const values = await readValues(stand.broker, topic)
    const expected = writers.flatMap((_, turn) => (turn % 3 === 1 ? [] : [`${turn}a`, `${turn}b`]))
    expect(new Set(values)).toEqual(new Set(expected))
    expect(values).toHaveLength(expected.length)
    for (const writer of writers) await writer.close()
  })

  it('never shows a position without the records of its transaction', async () => {
    await using other = await stand.reopen()
    const topic = await makeTopic(stand.broker)
    const group = newName()
    await using writer = await stand.broker.openWriter(newName())
    const written = new AbortController()
    const watching = (async () => {
      while (!written.signal.aborted) {
        const next = (await other.position(group, topic, 0))?.next ?? 0
        expect((await readAll(other, topic)).length).toBeGreaterThanOrEqual(next)
      }
    })()
    for (let turn = 1; turn <= 20; turn++) {
      const commits = [{ group, topic, partition: 0, next: turn * 3, metadata: '' }]
      await writer.transact({ appends: [{ topic, partition: 0, records: numbered(3) }], commits })
    }
    written.abort()
    await watching
    expect(await readAll(other, topic)).toHaveLength(60)
  })

  it('fences a writer for ever once another was opened under its id, and leaves nothing of what it tries', async () => {
    const topic = await makeTopic(stand.broker)
    const id = newName()
    const group = newName()
    const old = await stand.broker.openWriter(id)
    await old.transact({ appends: [{ topic, partition: 0, records: lines('"old"') }], commits: [] })
    await using current = await stand.broker.openWriter(id)
    const late = {
      appends: [{ topic, partition: 0, records: lines('"late"') }],
      commits: [{ group, topic, partition: 0, next: 1, metadata: '' }],
    }
    await expectCode('FENCED', old.transact(late))
    await current.transact({ appends: [{ topic, partition: 0, records: lines('"new"') }], commits: [] })
    await current.close()
    await expectCode('FENCED', old.transact(late))
    expect(await readValues(stand.broker, topic)).toEqual(['"old"', '"new"'])
    expect(await stand.broker.position(group, topic, 0)).toBeUndefined()
    await old.close()
  })

  it('fences a writer of another instance', async () => {
    await using other = await stand.reopen()
    const topic = await makeTopic(stand.broker)
    const id = newName()
    await using old = await other.openWriter(id)
    await using current = await stand.broker.openWriter(id)
    await expectCode('FENCED', old.transact({ appends: [{ topic, partition: 0, records: numbered(1) }], commits: [] }))
    await current.transact({ appends: [{ topic, partition: 0, records: numbered(1) }], commits: [] })
    expect(await readAll(stand.broker, topic)).toHaveLength(1)
  })

  it('leaves writers of other ids alone', async () => {
    const topic = await makeTopic(stand.broker)
    await using one = await stand.broker.openWriter(newName())
    await using two = await stand.broker.openWriter(newName())
    for (const writer of [one, two, one]) {
      await writer.transact({ appends: [{ topic, partition: 0, records: numbered(1) }], commits: [] })
    }
    expect(await readAll(stand.broker, topic)).toHaveLength(3)
  })

  it('closes a writer once, however often it is told, and it takes nothing then', async () => {
    const topic = await makeTopic(stand.broker)
    const writer = await stand.broker.openWriter(newName())
    await writer.close()
    await writer.close()
    await expectCode(
      'NOT_CONNECTED',
      writer.transact({ appends: [{ topic, partition: 0, records: numbered(1) }], commits: [] }),
    )
    expect(await readAll(stand.broker, topic)).toEqual([])
  })
}
