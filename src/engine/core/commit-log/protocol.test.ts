import { expect, it } from 'vitest'
import { RULES } from '#tests/commit-log/model-lake.ts'
import { type ModelSettings, modelRun } from '#tests/commit-log/model-run.ts'

// SLUICE_SEEDS=20000 is the full run.
const SEEDS = Number(process.env['SLUICE_SEEDS'] ?? 300)
const LONG = { timeout: 20_000 + SEEDS * 20 }
const PRIME = 7919

const SETTINGS: readonly ModelSettings[] = [2, 3, 8, Infinity].flatMap((keep) => [
  { keep, more: false },
  { keep, more: true },
])

it.each(SETTINGS)(
  'files every offset once whoever stalls, dies or is overtaken: keep $keep, merging and rebuilding $more',
  LONG,
  (settings) => {
    const seeds = Array.from({ length: SEEDS }, (_, i) => i + 1)
    const wrong = seeds
      .map((seed) => ({ seed, result: modelRun(seed * PRIME, settings) }))
      .find(({ result }) => result !== 'ok')
    expect(wrong).toBeUndefined()
  },
)

it.each(RULES)('is seen to fail without a rule: %s', LONG, (broken) => {
  // Two entries are the hardest setting for a look that is no single moment, three with merges for the rest.
  const settings =
    broken === 'takes a look for one moment' ? { keep: 2, more: false, broken } : { keep: 3, more: true, broken }
  const seeds = Array.from({ length: 5000 }, (_, i) => i + 1)
  expect(seeds.some((seed) => modelRun(seed * PRIME, settings) !== 'ok')).toBe(true)
})
