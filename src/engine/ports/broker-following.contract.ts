import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import type { Broker } from './broker.ts'
import { type BrokerStand, makeTopic, newName, numbered } from './broker-samples.contract.ts'

export function followingContract(stand: BrokerStand): void {
  it('wakes on appends of this instance and names the topic', async () => {
    const [grows, rests] = [await makeTopic(stand.broker), await makeTopic(stand.broker)]
    expect(await firstGrown(stand.broker, [grows, rests], () => stand.broker.append(grows, 0, numbered(1)))).toEqual([
      grows,
    ])
  })

  it('wakes on appends of another instance', async () => {
    await using other = await stand.reopen()
    const topic = await makeTopic(stand.broker)
    expect(await firstGrown(stand.broker, [topic], () => other.append(topic, 0, numbered(1)))).toEqual([topic])
  })

  it('wakes on appends to any partition, in a transaction too', async () => {
    const topic = await makeTopic(stand.broker, 3)
    await using writer = await stand.broker.openWriter(newName())
    const append = () => writer.transact({ appends: [{ topic, partition: 2, records: numbered(1) }], commits: [] })
    expect(await firstGrown(stand.broker, [topic], append)).toEqual([topic])
  })

  it('misses nothing that comes while its consumer is busy', async () => {
    const topic = await makeTopic(stand.broker)
    const stop = new AbortController()
    const follower = stand.broker.follow([topic], stop.signal)[Symbol.asyncIterator]()
    const woken = follower.next()
    await actUntil(woken, () => stand.broker.append(topic, 0, numbered(1)))
    await sleep(100)
    await stand.broker.append(topic, 0, numbered(1))
    await sleep(100)
    expect((await follower.next()).value).toEqual([topic])
    stop.abort()
    await follower.return?.()
  })

  it('does not wake without records: neither for what was there before nor for commits', async () => {
    const topic = await makeTopic(stand.broker)
    await stand.broker.append(topic, 0, numbered(3))
    const stop = new AbortController()
    const woken: (readonly string[])[] = []
    const following = (async () => {
      for await (const grown of stand.broker.follow([topic], stop.signal)) woken.push(grown)
    })()
    await sleep(50)
    await stand.broker.commit([{ group: newName(), topic, partition: 0, next: 1, metadata: '' }])
    await sleep(150)
    stop.abort()
    await following
    expect(woken).toEqual([])
  })

  it('wakes for a topic that is made later, and for one made again', async () => {
    const topic = newName()
    const makeAndAppend = async (): Promise<void> => {
      await stand.broker.ensureTopic(topic, { partitions: 1 })
      await stand.broker.append(topic, 0, numbered(1))
    }
    expect(await firstGrown(stand.broker, [topic], makeAndAppend)).toEqual([topic])
    const remakeAndAppend = async (): Promise<void> => {
      await stand.broker.deleteTopic(topic)
      await makeAndAppend()
    }
    expect(await firstGrown(stand.broker, [topic], remakeAndAppend)).toEqual([topic])
  })

  it('ends when it is aborted, before or while it waits, without an error', async () => {
    const topic = await makeTopic(stand.broker)
    const before = await Array.fromAsync(stand.broker.follow([topic], AbortSignal.abort()))
    const waiting = await Array.fromAsync(stand.broker.follow([topic], AbortSignal.timeout(50)))
    expect([before, waiting]).toEqual([[], []])
  })

  it('ends when the broker is closed', async () => {
    const other = await stand.reopen()
    const topic = await makeTopic(other)
    const following = Array.fromAsync(other.follow([topic], new AbortController().signal))
    await sleep(50)
    await other.close()
    expect(await following).toEqual([])
  })
}

/** What a follower that has begun names first, while something is done again and again. */
async function firstGrown(
  broker: Broker,
  topics: readonly string[],
  act: () => Promise<unknown>,
): Promise<readonly string[] | undefined> {
  const stop = new AbortController()
  const woken = first(broker.follow(topics, stop.signal))
  await actUntil(woken, act)
  stop.abort()
  return woken
}

async function first<T>(all: AsyncIterable<T>): Promise<T | undefined> {
  for await (const one of all) return one
  return undefined
}

// Again and again, for where a follower begins to look is nobody's to know.
async function actUntil(woken: Promise<unknown>, act: () => Promise<unknown>): Promise<void> {
  const done = woken.then(() => true)
  // By then it waits; what comes before it does may be seen in its first look.
  await sleep(60)
  for (let turn = 0; turn < 100; turn++) {
    await act()
    if (await Promise.race([done, sleep(100, false)])) return
  }
}
