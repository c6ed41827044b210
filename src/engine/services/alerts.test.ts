import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Alert } from '#contract/alerts.ts'
import { sqliteBroker } from '#engine/adapters/embedded/sqlite-broker.ts'
import type { Broker } from '#engine/ports/broker.ts'
import { DEMO_PLAN } from '#tests/cli/engine-double.ts'
import { QUIET } from '#tests/cli/quiet-log.ts'
import { createAlertsService } from './alerts.ts'

let broker: Broker

beforeEach(async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'sluice-alerts-')), 'broker.sqlite')
  broker = await sqliteBroker.open({ file }, { log: QUIET })
  await broker.ensureTopic('alerts', { partitions: 2 })
})

afterEach(() => broker.close())

function service() {
  return createAlertsService({ broker, plans: () => [DEMO_PLAN] })
}

async function append(partition: number, times: readonly number[]): Promise<void> {
  const ndjson = Buffer.from(times.map((time) => JSON.stringify({ name: `at ${time}`, size: null })).join('\n'))
  await broker.append('alerts', partition, { count: times.length, ndjson, timestamps: Float64Array.from(times) })
}

it('fills the message from the record, and names pipeline, filter and severity', async () => {
  await append(0, [5])
  const { alerts } = await service().list({})
  expect(alerts).toMatchObject([
    {
      pipeline: 'demo',
      filter: 'dangerous',
      severity: 'high',
      message: 'at 5 is ? wide',
      timestamp: 5,
      partition: 0,
      offset: 0,
    },
  ])
})

it('lists newest first over all partitions, and pages through each once', async () => {
  await append(0, [1, 3, 5, 7, 9])
  await append(1, [2, 4, 6, 8])
  const seen: Alert[] = []
  let before: string | undefined
  do {
    const page = await service().list({ limit: 2, before })
    seen.push(...page.alerts)
    before = page.next
  } while (before !== undefined)
  expect(seen.map(({ timestamp }) => timestamp)).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1])
})

it('shows each once also where a partition is out of the order of time', async () => {
  await append(0, [9, 1, 8, 2])
  await append(1, [5, 5])
  const first = await service().list({ limit: 3 })
  const second = await service().list({ limit: 3, before: first.next })
  const places = [...first.alerts, ...second.alerts].map(({ partition, offset }) => `${partition}/${offset}`)
  expect(new Set(places).size).toBe(6)
  expect(second.next).toBeUndefined()
})

it('doesn’t show in later pages what came after the first', async () => {
  await append(0, [1, 2, 3])
  const first = await service().list({ limit: 2 })
  await append(0, [4])
  const second = await service().list({ limit: 2, before: first.next })
  expect(second.alerts.map(({ timestamp }) => timestamp)).toEqual([1])
})

it('follows new alerts until it is aborted', async () => {
  await append(0, [1])
  const stop = new AbortController()
  const seen: string[] = []
  const following = (async () => {
    for await (const alert of service().follow({}, stop.signal)) seen.push(alert.message)
  })()
  await new Promise((resolve) => setTimeout(resolve, 100))
  await append(1, [2])
  await expect.poll(() => seen).toEqual(['at 2 is ? wide'])
  stop.abort()
  await following
})

it('has none where no pipeline alerts, and where the topic is not there yet', async () => {
  await broker.deleteTopic('alerts')
  expect(await service().list({})).toEqual({ alerts: [] })
  expect(await service().list({ pipeline: 'other' })).toEqual({ alerts: [] })
  await expect(service().list({ before: 'nonsense' })).rejects.toMatchObject({ code: 'USAGE' })
})
