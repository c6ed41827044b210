import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { openSqliteBroker } from '#engine/adapters/embedded/sqlite-broker.ts'
import type { Plan } from '#engine/core/plan.ts'
import { startRetention } from './retention.ts'

const sink = { name: 's', from: ['t'], table: 't', columns: [], onDataLoss: 'fail' as const, group: 'sluice.p.s' }
const parts = {
  topics: [],
  producers: [],
  checkers: [],
  filters: [],
  aggregates: [],
  lakeSinks: [],
  tables: [],
  analyses: [],
  endpoints: [],
  origins: [],
}
const plan: Plan = { name: 'p', title: 'P', summary: '', ...parts, databaseSinks: [sink] }
const log = { debug() {}, info() {}, warn() {}, error() {} }

it('removes what is over a topic’s limit, and never what a declared reader has still to read', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-retention-'))
  try {
    await using broker = await openSqliteBroker({ file: join(folder, 'broker.sqlite'), clock: Date.now })
    await broker.ensureTopic('t', { partitions: 1, retention: { bytes: 1 } })
    for (let batch = 0; batch < 3; batch++) await broker.append('t', 0, { count: 1, ndjson: Buffer.from('{"a":1}') })
    const low = async (): Promise<number | undefined> => (await broker.describeTopics(['t']))[0]?.partitions[0]?.low
    await using retention = startRetention({ broker, plans: () => [plan], log }, 10)
    await wait(100)
    expect(await low()).toBe(0)
    await broker.commit([{ group: sink.group, topic: 't', partition: 0, next: 2, metadata: '' }])
    await wait(200)
    expect(await low()).toBe(2)
    expect(retention).toBeDefined()
  } finally {
    rmSync(folder, { recursive: true })
  }
})
