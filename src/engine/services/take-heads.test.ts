import fc from 'fast-check'
import { expect, it } from 'vitest'
import { takeHeads } from './take-heads.ts'

it('takes every item once, each queue in its own order, whatever the order between items is', () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.integer({ min: 0, max: 9 }))), fc.nat(30), (lists, limit) => {
      const queues = lists.map((list, queue) => list.map((value, index) => ({ queue, index, value })))
      const taken = takeHeads(queues, limit, (a, b) => a.value < b.value)
      expect(taken).toHaveLength(Math.min(limit, lists.flat().length))
      for (const [queue, list] of lists.entries()) {
        const indexes = taken.filter((item) => item.queue === queue).map(({ index }) => index)
        expect(indexes).toEqual(indexes.map((_, at) => at))
        expect(queues[queue]).toHaveLength(list.length - indexes.length)
      }
    }),
  )
})
