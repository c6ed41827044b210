import { confirm } from '#cli/confirm.ts'
import { formatBytes, formatNumberOf } from '#cli/format.ts'
import { answer } from '#cli/print.ts'
import { openSession } from '#cli/session.ts'
import { shown } from '#cli/shown.ts'
import { verb } from '#cli/verb.ts'
import type { ResetItem, ResetParts, ResetReport } from '#contract/pipelines.ts'

const PARTS = ['offsets', 'topics', 'lake', 'tables', 'database', 'analyses'] as const

export const reset = verb({
  usage: 'reset <pipeline> [--offsets] [--topics] [--lake] [--tables] [--database] [--analyses] [--yes]',
  about:
    'Stops the pipeline and removes what it has made: all of it, or only the parts named. It says what goes, and asks.',
  examples: [
    ['sluice reset customers --dry-run', 'what would go'],
    ['sluice reset customers --yes', 'all of it, without a question'],
    ['sluice reset customers --analyses', 'only the results of its analyses'],
  ],
  args: {
    pipeline: { type: 'positional', required: true, description: "A pipeline's name" },
    offsets: { type: 'boolean', description: 'Positions of its readers and producers' },
    topics: { type: 'boolean', description: 'Its topics with their records' },
    lake: { type: 'boolean', description: 'The files of its sinks' },
    tables: { type: 'boolean', description: 'Its tables in the warehouse' },
    database: { type: 'boolean', description: 'Its tables in the database' },
    analyses: { type: 'boolean', description: 'The filed results of its analyses' },
    'dry-run': { type: 'boolean', description: 'Only say what would go' },
    yes: { type: 'boolean', alias: 'y', description: "Don't ask" },
  },
  run: async (args, context) => {
    const chosen = PARTS.filter((part) => args[part] === true)
    const what: ResetParts = Object.fromEntries(chosen.map((part) => [part, true]))
    const request = { name: args.pipeline, ...(chosen.length > 0 && { what }) }
    await using session = await openSession(context)
    const { pipelines } = session.client
    if (args['dry-run']) {
      const preview = await pipelines.resetPreview(request)
      return await answer(context, preview, () => text(preview, 'Would remove'))
    }
    if (args.yes !== true) {
      const preview = await pipelines.resetPreview(request)
      await context.terminal.stderr.write(text(preview, 'This removes'))
      if (!(await confirm(context, `Remove the data of ${args.pipeline}?`))) return 1
    }
    const done = await pipelines.reset(request)
    return await answer(context, done, () => text(done, 'Removed'))
  },
})

function text({ pipeline, items }: ResetReport, verbed: string): string {
  if (items.length === 0) return `${pipeline} has nothing to remove.\n`
  return `${verbed}:\n${items.map(line).join('')}`
}

function line({ part, name, records, files, rows, bytes }: ResetItem): string {
  const counts = [
    records === undefined ? [] : formatNumberOf(records, 'record'),
    files === undefined ? [] : formatNumberOf(files, 'file'),
    rows === undefined ? [] : formatNumberOf(rows, 'row'),
    bytes === undefined ? [] : formatBytes(bytes),
  ].flat()
  return `  ${part.padEnd(9)} ${shown(name)}${counts.length > 0 ? ` (${counts.join(', ')})` : ''}\n`
}
