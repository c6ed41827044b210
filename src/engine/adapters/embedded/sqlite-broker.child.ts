import { setTimeout as sleep } from 'node:timers/promises'
import { openSqliteBroker } from './sqlite-broker.ts'

// The other process of sqlite-processes.test.ts: does one thing over and over, and tells of what was acknowledged.

const [file = '', doing = '', name = '', times = '1'] = process.argv.slice(2)
const broker = await openSqliteBroker({ file, clock: Date.now })

function lines(from: number, count: number): { count: number; ndjson: Uint8Array } {
  const texts = Array.from({ length: count }, (_, index) => `${name}:${from + index}`)
  return { count, ndjson: new TextEncoder().encode(texts.join('\n')) }
}

/** Transactions of three records in `one`, the same three in `two`, and the position behind them. */
async function transactForever(): Promise<void> {
  await using writer = await broker.openWriter(name)
  for (let done = (await broker.position(name, 'one', 0))?.next ?? 0; ; done += 3) {
    const records = lines(done, 3)
    await writer.transact({
      appends: [
        { topic: 'one', partition: 0, records },
        { topic: 'two', partition: 0, records },
      ],
      commits: [{ group: name, topic: 'one', partition: 0, next: done + 3, metadata: '' }],
    })
    process.send?.(done + 3)
  }
}

async function append(): Promise<void> {
  for (let turn = 0; turn < Number(times); turn++) {
    const range = await broker.append('one', 0, lines(turn * 5, 5))
    process.send?.(range.first)
  }
}

/** Tells when each append was acknowledged: milliseconds since 1970. */
async function pace(): Promise<void> {
  for (let turn = 0; turn < Number(times); turn++) {
    await sleep(100)
    await broker.append('one', 0, lines(turn, 1))
    process.send?.(performance.timeOrigin + performance.now())
  }
  await sleep(100)
}

if (doing === 'transact') await transactForever()
else if (doing === 'pace') await pace()
else await append()
await broker.close()
process.disconnect?.()
