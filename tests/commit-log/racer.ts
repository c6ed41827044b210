// One of several processes that file the same partition of a topic into the same sink: racer.ts <folder> <batches>
import { setTimeout } from 'node:timers/promises'
import { isSluiceError } from '#engine/core/sluice-error.ts'
import { Sandbox } from './sandbox.ts'

const [, , folder = '', batches = '0'] = process.argv
const box = new Sandbox(folder)
const end = Number(batches) * 10 - 1

async function session(): Promise<'done' | 'fenced'> {
  try {
    await using log = await box.open({ keep: 5 })
    while (log.at.last < end) {
      if ((await log.commit(box.batch(log))) === 'fenced') return 'fenced'
      process.stdout.write('committed\n')
    }
    return 'done'
  } catch (error) {
    if (isSluiceError(error, 'FENCED')) return 'fenced'
    throw error
  }
}

while ((await session()) === 'fenced') await setTimeout(Math.random() * 60)
