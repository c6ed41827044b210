import { builtEngine } from './built-engine.ts'
import { writeBenchPipeline } from './bench-pipeline.ts'

/** In a process of its own: runs the pipeline over `count` records and prints when each stage was through, in ms. */
const [folder = '', count = '1000000'] = process.argv.slice(2)
const { createEngine } = await builtEngine()
const total = Number(count)

await using engine = await createEngine({ home: `${folder}/home`, resume: false, openedBy: 'a benchmark' })
const never = new AbortController().signal
const pipeline = writeBenchPipeline(folder, { rate: 0, count: total })
const reached: Record<string, number> = {}
const mark = (stage: string, there: boolean): void => {
  if (there) reached[stage] ??= Date.now()
}

mark('asked', true)
const { name } = await engine.pipelines.start({ pipeline })
for await (const { ledger } of engine.pipelines.waitIdle(name, never)) {
  mark('produced', ledger.producers['simulator']?.produced === total)
  mark('filtered', ledger.filters['dangerous']?.in === total)
  mark('filed', ledger.sinks['all']?.in === total)
  mark('end to end', ledger.balanced && ledger.sinks['all']?.in === total)
}
await engine.pipelines.stop({ name })
reached['first'] = await firstAppend()
process.stdout.write(JSON.stringify(reached))

/** When the first record was appended: the broker's clock, for the records bring no time of their own. */
async function firstAppend(): Promise<number> {
  const times: number[] = []
  for (const partition of [0, 1, 2]) {
    const request = { topic: 'space_data', from: 'beginning' as const, n: 1, timeoutMs: 1_000, partition }
    for await (const page of engine.topics.tail(request, never))
      times.push(...page.records.map(({ timestamp }) => timestamp))
  }
  return Math.min(...times)
}
