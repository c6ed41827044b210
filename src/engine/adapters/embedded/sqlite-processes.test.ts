import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Broker } from '#engine/ports/broker.ts'
import { lines, readValues } from '#engine/ports/broker-samples.contract.ts'
import { openSqliteBroker } from './sqlite-broker.ts'

describe('processes that share a store', () => {
  let folder: string
  let file: string
  let broker: Broker

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-processes-'))
    file = join(folder, 'broker.sqlite')
    broker = await openSqliteBroker({ file, clock: Date.now })
    for (const topic of ['one', 'two']) await broker.ensureTopic(topic, { partitions: 1 })
  })
  afterEach(async () => {
    await broker.close()
    rmSync(folder, { recursive: true })
  })

  it('append at once: every batch whole, once, in the order of its process', async () => {
    const names = ['a', 'b', 'c']
    const children = names.map((name) => run(file, 'append', name, '40'))
    await Promise.all(children.map(ended))
    const values = await readValues(broker, 'one')
    expect(values).toHaveLength(3 * 40 * 5)
    for (const name of names) {
      const own = values.filter((value) => String(value).startsWith(`${name}:`))
      expect(own).toEqual(Array.from({ length: 200 }, (_, index) => `${name}:${index}`))
    }
    for (let first = 0; first < values.length; first += 5) {
      expect(new Set(values.slice(first, first + 5).map((value) => String(value).split(':')[0])).size).toBe(1)
    }
  })

  it('are killed in the middle: what was acknowledged is there, and no part of a transaction', async () => {
    for (let kill = 0; kill < 6; kill++) {
      const child = run(file, 'transact', 'killed')
      const acknowledged = await killAfter(child, 20 + kill * 15)
      const [one, two] = [await readValues(broker, 'one'), await readValues(broker, 'two')]
      expect(one).toEqual(Array.from({ length: one.length }, (_, index) => `killed:${index}`))
      expect(one.length).toBeGreaterThanOrEqual(acknowledged)
      expect(one.length % 3).toBe(0)
      expect(two).toEqual(one)
      expect((await broker.position('killed', 'one', 0))?.next).toBe(one.length)
    }
  })

  it('go on after all of them were killed, with nobody else holding the store open', async () => {
    await broker.close()
    const acknowledged = await killAfter(run(file, 'transact', 'alone'), 60)
    broker = await openSqliteBroker({ file, clock: Date.now })
    const values = await readValues(broker, 'one')
    expect(values.length).toBeGreaterThanOrEqual(acknowledged)
    expect(values.length % 3).toBe(0)
    expect(await broker.append('one', 0, lines('"after"'))).toMatchObject({ first: values.length })
  })

  it('fence each other', async () => {
    const child = run(file, 'transact', 'shared')
    await once(child, 'message')
    await using writer = await broker.openWriter('shared')
    await once(child, 'exit')
    expect(child.exitCode).toBe(1)
    const before = (await readValues(broker, 'one')).length
    await writer.transact({ appends: [{ topic: 'one', partition: 0, records: lines('"mine"') }], commits: [] })
    expect(await readValues(broker, 'one')).toHaveLength(before + 1)
  })

  it("hear of each other's appends within some 20 ms", async () => {
    const child = run(file, 'pace', 'heard', '15')
    const sent: number[] = []
    child.on('message', (time) => sent.push(Number(time)))
    const heard: number[] = []
    const stop = new AbortController()
    child.on('exit', () => stop.abort())
    for await (const _ of broker.follow(['one'], stop.signal)) heard.push(performance.timeOrigin + performance.now())
    const delays = sent.map((time) => (heard.find((at) => at >= time) ?? Infinity) - time).toSorted((a, b) => a - b)
    expect(delays).toHaveLength(15)
    // The median: this machine may have other things to do.
    expect(delays[7]).toBeLessThan(40)
  })
})

function run(...args: readonly string[]): ChildProcess {
  return fork(new URL('./sqlite-broker.child.ts', import.meta.url), args, {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null) await once(child, 'exit')
  expect(child.exitCode).toBe(0)
}

/** Kills once it has told of `count` acknowledgements; returns the last it told of. */
async function killAfter(child: ChildProcess, count: number): Promise<number> {
  let acknowledged = 0
  let messages = 0
  const exit = once(child, 'exit')
  child.on('message', (next) => {
    acknowledged = Number(next)
    if (++messages === count) child.kill('SIGKILL')
  })
  await exit
  await sleep(0)
  return acknowledged
}
