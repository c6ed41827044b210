import { joinLines } from '#engine/core/lines.ts'
import type { Picked } from '#engine/ports/transform.ts'

export const NOTHING: Picked = { indexes: new Uint32Array(0), ndjson: new Uint8Array(0) }

/** Two picks from one batch, the second from behind the first. */
export function concatPicked(low: Picked, high: Picked): Picked {
  if (low.indexes.length === 0) return high
  if (high.indexes.length === 0) return low
  const indexes = new Uint32Array(low.indexes.length + high.indexes.length)
  indexes.set(low.indexes)
  indexes.set(high.indexes, low.indexes.length)
  return { indexes, ndjson: joinLines([low.ndjson, high.ndjson]) }
}
