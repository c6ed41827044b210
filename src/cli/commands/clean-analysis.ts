import type { Context } from '#cli/context.ts'
import { formatBytes, formatNumberOf } from '#cli/format.ts'
import { answer } from '#cli/print.ts'
import { printAnalyses } from '#cli/print-analyses.ts'
import { openSession } from '#cli/session.ts'
import { verb } from '#cli/verb.ts'
import type { Cleaned } from '#contract/analyses.ts'

export const cleanAnalysis = verb({
  usage: 'clean-analysis [name] [--pipeline NAME] [--only-clean]',
  about: 'Removes the filed results of analyses, says what went, and runs them again.',
  examples: [
    ['sluice clean-analysis', 'start over with all of them'],
    ['sluice clean-analysis top5_fastest --only-clean', 'only remove'],
  ],
  args: {
    name: { type: 'positional', required: false, description: "An analysis's name; nothing for all" },
    pipeline: { type: 'string', valueHint: 'NAME', description: 'Only those of this pipeline' },
    'only-clean': { type: 'boolean', description: 'Only remove' },
  },
  run: async (args, context) => {
    const which = { name: args.name, pipeline: args.pipeline }
    await using session = await openSession(context)
    const removed = await session.client.analyses.clean(which)
    if (!context.json) await sayRemoved(context, removed)
    if (args['only-clean']) return context.json ? answer(context, { removed }, () => '') : 0
    const { failed, events } = await printAnalyses(session.client, context, { which, quiet: context.json })
    await answer(context, { removed, results: events }, () => '')
    return failed ? 1 : 0
  },
})

async function sayRemoved({ terminal }: Context, removed: readonly Cleaned[]): Promise<void> {
  const lines = removed.map(({ name, path, runs, files, bytes }) =>
    files === 0
      ? `${name}: nothing filed in ${path}\n`
      : `${name}: removed ${formatNumberOf(runs, 'run')} from ${path} (${formatNumberOf(files, 'file')}, ${formatBytes(bytes)})\n`,
  )
  await terminal.stdout.write(lines.length === 0 ? 'No analysis files its results.\n' : lines.join(''))
}
