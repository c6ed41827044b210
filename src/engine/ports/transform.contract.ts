import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { aggregatingContract } from './transform-aggregating.contract.ts'
import { concatenatingContract } from './transform-concatenating.contract.ts'
import { filteringContract } from './transform-filtering.contract.ts'
import { parsingContract } from './transform-parsing.contract.ts'
import { batchOf, ROCKS, rockLines, type TransformStand } from './transform-samples.contract.ts'
import { writingContract } from './transform-writing.contract.ts'

/** What every transform promises. `open` gives one with a folder of its own; `done` takes that away. */
export function transformContract(name: string, open: () => Promise<TransformStand & { done(): Promise<void> }>): void {
  describe(`transform: ${name}`, () => {
    let opened: Awaited<ReturnType<typeof open>>
    const stand: TransformStand = {
      get transform() {
        return opened.transform
      },
      readParquet: (localFile) => opened.readParquet(localFile),
    }

    beforeAll(async () => {
      opened = await open()
    })
    afterAll(() => opened.done())

    describe('parsing', () => {
      parsingContract(stand)
    })
    describe('filtering', () => {
      filteringContract(stand)
    })
    describe('writing', () => {
      writingContract(stand)
    })
    describe('concatenating', () => {
      concatenatingContract(stand)
    })
    describe('aggregating', () => {
      aggregatingContract(stand)
    })

    it('can be closed twice, and waits for what is under way', async () => {
      const other = await open()
      const parsing = other.transform.parse(ROCKS, batchOf(rockLines([{ id: 'a' }])))
      const closing = other.transform.close()
      const parsed = await parsing
      await closing
      await expect(other.transform.close()).resolves.toBeUndefined()
      await expect(parsed.release()).resolves.toBeUndefined()
      await expect(other.transform.parse(ROCKS, batchOf(['{}']))).rejects.toMatchObject({ code: 'NOT_CONNECTED' })
      await other.done()
    })
  })
}
