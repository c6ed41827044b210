import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { openSqliteBroker } from '#engine/adapters/embedded/sqlite-broker.ts'
import type { Records } from '#engine/core/batch.ts'
import type { Broker } from '#engine/ports/broker.ts'

export interface BrokerFigure {
  readonly name: string
  readonly value: number
  readonly unit: 'records/s' | 'commits/s' | 'ms' | '%'
}

const RECORD_BYTES = 196

/** Measures the embedded broker on a store of its own; some ten seconds on two cores. */
export async function measureBroker(): Promise<readonly BrokerFigure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'))
  const file = join(folder, 'broker.sqlite')
  const open = (): Promise<Broker> => openSqliteBroker({ file, clock: Date.now })
  try {
    await using broker = await open()
    await using other = await open()
    return [
      ...(await throughput(broker)),
      ...(await commits(broker)),
      ...(await wakeups(broker, other)),
      await blocking(broker),
      await idle(broker),
    ]
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function throughput(broker: Broker): Promise<readonly BrokerFigure[]> {
  const figures: BrokerFigure[] = []
  for (const [size, total, keyed] of [
    [10_000, 600_000, false],
    [10_000, 600_000, true],
    [1_000, 100_000, false],
  ] as const) {
    const topic = await newTopic(broker)
    const records = sample(size, keyed)
    const label = `${size} a batch${keyed ? ', with keys' : ''}`
    const appending = await seconds(async () => {
      for (let done = 0; done < total; done += size) await broker.append(topic, 0, records)
    })
    figures.push({ name: `append, ${label}`, value: total / appending, unit: 'records/s' })
    for (const limit of new Set([size, 1_000])) {
      const reading = await seconds(() => readAll(broker, topic, limit))
      figures.push({ name: `read ${limit} at once, appended ${label}`, value: total / reading, unit: 'records/s' })
    }
    await broker.deleteTopic(topic)
  }
  return figures
}

/** What a transaction costs that writes next to nothing: the disk's own time, for synchronous=FULL. */
async function commits(broker: Broker): Promise<readonly BrokerFigure[]> {
  const topic = await newTopic(broker)
  const one = sample(1, false)
  const commit = { group: 'bench', topic, partition: 0, next: 0, metadata: '{}' }
  const rate = async (times: number, work: () => Promise<unknown>): Promise<number> =>
    times /
    (await seconds(async () => {
      for (let turn = 0; turn < times; turn++) await work()
    }))
  const together = Array.from({ length: 16 })
  return [
    { name: 'commit a position', value: await rate(300, () => broker.commit([commit])), unit: 'commits/s' },
    { name: 'append single records', value: await rate(300, () => broker.append(topic, 0, one)), unit: 'records/s' },
    {
      name: 'append single records, 16 at once',
      value: 16 * (await rate(100, () => Promise.all(together.map(() => broker.append(topic, 0, one))))),
      unit: 'records/s',
    },
  ]
}

async function wakeups(broker: Broker, other: Broker): Promise<readonly BrokerFigure[]> {
  const topic = await newTopic(broker)
  const latency = async (writer: Broker): Promise<number> => {
    const heard: number[] = []
    const stop = new AbortController()
    const following = (async () => {
      for await (const _ of broker.follow([topic], stop.signal)) heard.push(performance.now())
    })()
    const delays: number[] = []
    for (let turn = 0; turn < 20; turn++) {
      await sleep(30 + turn)
      await writer.append(topic, 0, sample(1, false))
      const appended = performance.now()
      await sleep(60)
      delays.push((heard.at(-1) ?? Infinity) - appended)
    }
    stop.abort()
    await following
    return delays.toSorted((a, b) => a - b)[10] ?? Infinity
  }
  return [
    { name: 'follower wakes after an append of its process (median)', value: await latency(broker), unit: 'ms' },
    { name: 'follower wakes after an append of another (median)', value: await latency(other), unit: 'ms' },
  ]
}

async function blocking(broker: Broker): Promise<BrokerFigure> {
  const topic = await newTopic(broker)
  const records = sample(10_000, true)
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  for (let turn = 0; turn < 30; turn++) await broker.append(topic, 0, records)
  delay.disable()
  return { name: 'event loop held by appends of 10,000 (99 %)', value: delay.percentile(99) / 1e6, unit: 'ms' }
}

async function idle(broker: Broker): Promise<BrokerFigure> {
  const topic = await newTopic(broker)
  const stop = new AbortController()
  const following = Array.fromAsync(broker.follow([topic], stop.signal))
  await sleep(100)
  const before = process.cpuUsage()
  await sleep(2_000)
  const used = process.cpuUsage(before)
  stop.abort()
  await following
  return { name: 'processor time of an idle follower', value: (used.user + used.system) / 20_000, unit: '%' }
}

async function readAll(broker: Broker, topic: string, maxRecords: number): Promise<void> {
  for (let next = 0; ; ) {
    const batch = await broker.read(topic, 0, next, { maxRecords, maxBytes: 16 << 20 })
    if (!batch) return
    next = batch.nextOffset
  }
}

let topics = 0

async function newTopic(broker: Broker): Promise<string> {
  const name = `bench-${topics++}`
  await broker.ensureTopic(name, { partitions: 1 })
  return name
}

function sample(count: number, keyed: boolean): Records {
  const lines = Array.from({ length: count }, (_, n) =>
    `{"id":"obj-${n}","text":"`.padEnd(RECORD_BYTES - 2, 'x').concat('"}'),
  )
  return {
    count,
    ndjson: new TextEncoder().encode(lines.join('\n')),
    ...(keyed && { keys: lines.map((_, n) => `obj-${n}`) }),
  }
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const since = performance.now()
  await work()
  return (performance.now() - since) / 1_000
}

if (import.meta.main) {
  for (const { name, value, unit } of await measureBroker()) {
    process.stdout.write(
      `${name.padEnd(64)} ${value.toLocaleString('en', { maximumSignificantDigits: 3 }).padStart(12)} ${unit}\n`,
    )
  }
}
