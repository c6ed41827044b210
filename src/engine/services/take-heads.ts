/**
 * Takes up to `limit` items off the queues' heads, each time the head that comes before the others: every queue stays in
 * its own order, whatever `before` says of its items. The queues keep what is not taken.
 */
export function takeHeads<T>(queues: readonly T[][], limit: number, before: (a: T, b: T) => boolean): T[] {
  const taken: T[] = []
  while (taken.length < limit) {
    const item = queues.reduce<T[]>((best, queue) => firstOf(best, queue, before), []).shift()
    if (item === undefined) break
    taken.push(item)
  }
  return taken
}

function firstOf<T>(best: T[], queue: T[], before: (a: T, b: T) => boolean): T[] {
  const [head] = queue
  const [leader] = best
  if (head === undefined) return best
  return leader === undefined || before(head, leader) ? queue : best
}
