import type { Context } from '#cli/context.ts'
import { formatBytes, formatTime } from '#cli/format.ts'
import { answer } from '#cli/print.ts'
import { printAnalyses } from '#cli/print-analyses.ts'
import { openSession, type Session } from '#cli/session.ts'
import { table } from '#cli/table.ts'
import { verb, type ExitCode } from '#cli/verb.ts'

export const analysis = verb({
  usage: 'analysis [name] [--pipeline NAME] [--list]',
  about: 'Runs saved analyses and shows their results; those with `into` are filed as a new run of their table.',
  examples: [
    ['sluice analysis', 'all of them'],
    ['sluice analysis top5_fastest', 'one'],
    ['sluice analysis --list', 'what there is, and the runs that are kept'],
  ],
  args: {
    name: { type: 'positional', required: false, description: "An analysis's name; nothing for all" },
    pipeline: { type: 'string', valueHint: 'NAME', description: 'Only those of this pipeline' },
    list: { type: 'boolean', alias: 'l', description: 'List them instead of running them' },
  },
  run: async ({ name, pipeline, list }, context) => {
    await using session = await openSession(context)
    const which = { name, pipeline }
    if (list) return await listAnalyses(session, context, which)
    const { failed, events } = await printAnalyses(session.client, context, { which, quiet: context.json })
    const none = 'No pipeline that has run here has analyses; `sluice up <pipeline>` runs one with them.\n'
    await answer(context, events, () => (events.length === 0 ? none : ''))
    return failed ? 1 : 0
  },
})

async function listAnalyses(
  { client }: Session,
  context: Context,
  which: { readonly name: string | undefined; readonly pipeline: string | undefined },
): Promise<ExitCode> {
  const found = await client.analyses.list(which)
  const rows = found.map(({ pipeline, name, title, runs }) => {
    const [newest] = runs
    const last = newest ? `${formatTime(newest.filedAt)} (${formatBytes(newest.bytes)})` : ''
    return [pipeline, name, title, newest ? String(runs.length) : '', last]
  })
  return answer(context, found, () =>
    table({ head: ['pipeline', 'analysis', 'title', 'runs', 'newest'], rows, right: [3] }),
  )
}
