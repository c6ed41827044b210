import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { z } from 'zod'
import type { Figure } from './figure.ts'
import { medians } from './figure.ts'
import { watchMemory } from './process-tree.ts'

const COUNT = 1_000_000
const RUNS = 3

const reachedSchema = z.object({
  asked: z.number(),
  first: z.number(),
  produced: z.number(),
  filtered: z.number(),
  filed: z.number(),
  'end to end': z.number(),
})

/** A million records of 196 bytes from the generator through topic, checker and filter into two lake sinks, in job processes. */
export async function measureEndToEnd(): Promise<readonly Figure[]> {
  const runs: (readonly Figure[])[] = []
  for (let run = 0; run < RUNS; run++) runs.push(await runOnce())
  return medians(runs)
}

async function runOnce(): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'))
  try {
    const child = spawn(
      process.execPath,
      ['--no-warnings', join(import.meta.dirname, 'end-to-end-run.ts'), folder, String(COUNT)],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    )
    const peak = watchMemory(child.pid ?? 0)
    const reached = reachedSchema.parse(JSON.parse(await text(child.stdout)))
    const memory = peak()
    const rate = (stage: 'produced' | 'filtered' | 'filed' | 'end to end'): Figure => ({
      name: stage,
      value: (COUNT / (reached[stage] - reached.first)) * 1000,
      unit: 'records/s',
    })
    return [
      ...(['produced', 'filtered', 'filed', 'end to end'] as const).map(rate),
      {
        name: 'end to end, from the command',
        value: (COUNT / (reached['end to end'] - reached.asked)) * 1000,
        unit: 'records/s',
      },
      { name: 'peak memory of all processes', value: memory / 1e6, unit: 'MB' },
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
