import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brokerContract, type OpenedBroker } from '#engine/ports/broker.contract.ts'
import { openSqliteBroker } from './sqlite-broker.ts'

brokerContract('SQLite', open, { retention: true, gapless: true, largeValues: true })

async function open(): Promise<OpenedBroker> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-broker-'))
  const reopen = () => openSqliteBroker({ file: join(folder, 'broker.sqlite'), clock: Date.now })
  const broker = await reopen()
  return {
    broker,
    reopen,
    async [Symbol.asyncDispose]() {
      await broker.close()
      rmSync(folder, { recursive: true })
    },
  }
}
