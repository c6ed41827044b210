import { formatCount, formatNumberOf } from '#cli/format.ts'
import { answer } from '#cli/print.ts'
import { openSession } from '#cli/session.ts'
import { usage, verb } from '#cli/verb.ts'
import type { ReplayFrom, ReplayReport } from '#contract/pipelines.ts'

export const replay = verb({
  usage: 'replay <pipeline> <sink> --from OFFSET|TIME (--rebuild | --elsewhere)',
  about: `Files a sink again from its topic. --rebuild takes away the files from there on and files those records anew;
--elsewhere leaves them and files the same into a folder beside, to compare.`,
  examples: [
    ['sluice replay customers usa --from 0 --rebuild', 'all of it, anew'],
    ['sluice replay space-objects all --from 2026-11-22T00:00:00Z --elsewhere', 'a day, beside'],
  ],
  args: {
    pipeline: { type: 'positional', required: true, description: "A pipeline's name" },
    sink: { type: 'positional', required: true, description: 'One of its lake sinks' },
    from: {
      type: 'string',
      valueHint: 'OFFSET|TIME',
      description: 'The offset in every partition (0: the start), or a time',
    },
    rebuild: { type: 'boolean', description: 'In place of what was filed' },
    elsewhere: { type: 'boolean', description: 'Beside it' },
  },
  run: async (args, context) => {
    if (args.rebuild === args.elsewhere) throw usage('Say either --rebuild or --elsewhere.')
    const request = {
      pipeline: args.pipeline,
      sink: args.sink,
      from: startOf(args.from),
      mode: args.rebuild ? ('rebuild' as const) : ('elsewhere' as const),
    }
    await using session = await openSession(context)
    const done = await session.client.pipelines.replay(request)
    return await answer(context, done, () => text(done))
  },
})

function startOf(from: string | undefined): ReplayFrom {
  if (from === undefined) throw usage('--from is missing: an offset (0: the start) or a time.')
  if (/^\d+$/.test(from)) return { offset: Number(from) }
  const time = new Date(from)
  if (Number.isNaN(time.getTime())) throw usage(`--from ${from} is neither an offset nor a time.`)
  return { time: time.toISOString() }
}

function text({ pipeline, sink, mode, path, filesRemoved, positions, difference }: ReplayReport): string {
  const starts = positions.map(({ topic, partition, from }) => `  ${topic}/${partition} from ${formatCount(from)}\n`)
  const what =
    mode === 'rebuild'
      ? `${formatNumberOf(filesRemoved, 'file')} removed; as ${pipeline} runs, ${sink} files into ${path} again:`
      : `${sink} of ${pipeline} is filed once more into ${path}:`
  return `${what}\n${starts.join('')}${compared(difference)}`
}

function compared(difference: ReplayReport['difference']): string {
  if (!difference) return ''
  const { missing, extra } = difference
  if (missing === 0 && extra === 0) return 'It holds the same rows.\n'
  return `It lacks ${formatNumberOf(missing, 'row')} of the old ones, and has ${formatNumberOf(extra, 'row')} that they hadn't.\n`
}
