import type { GeneratorSettings } from '#engine/core/pipeline/generator-schema.ts'
import { below, randomBits, threshold } from './counter-random.ts'
import type { RandomBits } from './counter-random.ts'

const LATEST_MS = 60 * 60 * 1000

/** The faults of a stream, as pure functions of the record's number. */
export interface GeneratorFaults {
  /** The record that stands as number n: itself, or the one before it that comes once more. */
  original(n: number): number
  /** The record is cut off in its middle. */
  malformed(n: number): boolean
  /** By how many milliseconds its `now` fields lie back: 0, or up to an hour. */
  late(n: number): number
}

/** Compiles the `faults` of a generator; undefined where there are none. */
export function generatorFaults(faults: GeneratorSettings['faults'], seed: number): GeneratorFaults | undefined {
  if (!faults || !Object.values(faults).some((share) => share > 0)) return undefined
  const duplicated = happens(faults.duplicate, randomBits(seed, ' duplicate'))
  const delay = randomBits(seed, ' delay')
  const delayed = happens(faults.late, randomBits(seed, ' late'))
  return {
    original: (n) => {
      let original = n
      while (original > 0 && duplicated(original)) original--
      return original
    },
    malformed: happens(faults.malformed, randomBits(seed, ' malformed')),
    late: (n) => (delayed(n) ? 1 + below(delay(n), LATEST_MS) : 0),
  }
}

function happens(probability: number, bits: RandomBits): (n: number) => boolean {
  if (probability === 0) return () => false
  const limit = threshold(probability)
  return (n) => bits(n) < limit
}
