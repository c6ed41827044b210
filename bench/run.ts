import { writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { measureEndToEnd } from './end-to-end.ts'
import type { Figure } from './figure.ts'
import { measureFirstQuery } from './first-query.ts'
import { measureLatency } from './latency.ts'
import { measureAgainstParquetjs } from './parquetjs.ts'
import { measureTransform } from './transform.ts'

/** Every measurement by name; `npm run bench -- <name>` takes those alone. */
const MEASUREMENTS: Readonly<Record<string, () => Promise<readonly Figure[]>>> = {
  'end to end': measureEndToEnd,
  transform: measureTransform,
  parquetjs: measureAgainstParquetjs,
  latency: measureLatency,
  'first query': measureFirstQuery,
}

const wanted = process.argv.slice(2)
const results: Record<string, readonly Figure[]> = {}
for (const [name, measure] of Object.entries(MEASUREMENTS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  process.stdout.write(`${name}\n`)
  results[name] = await measure()
  for (const figure of results[name]) process.stdout.write(`  ${figure.name.padEnd(40)} ${shown(figure)}\n`)
}
if (wanted.length === 0) {
  const machine = { cores: availableParallelism(), node: process.version, platform: process.platform }
  writeFileSync(join(import.meta.dirname, 'results.json'), `${JSON.stringify({ machine, results }, undefined, 2)}\n`)
}

function shown({ value, unit }: Figure): string {
  const digits = value >= 100 ? 0 : 1
  return `${value.toLocaleString('en', { maximumFractionDigits: digits }).padStart(12)} ${unit}`
}
