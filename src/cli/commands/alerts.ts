import { backgroundEngine } from '#cli/background.ts'
import type { Context } from '#cli/context.ts'
import { formatTime } from '#cli/format.ts'
import { numberOption } from '#cli/options.ts'
import { answer } from '#cli/print.ts'
import { openSession } from '#cli/session.ts'
import { shown } from '#cli/shown.ts'
import { verb, type ExitCode } from '#cli/verb.ts'
import type { Alert } from '#contract/alerts.ts'

export const alerts = verb({
  usage: 'alerts [--pipeline NAME] [-n N] [--follow]',
  about: 'The records that filters with `alert` let through, newest first; or with --follow those that come.',
  examples: [['sluice alerts -n 5', 'the five newest']],
  args: {
    pipeline: { type: 'string', valueHint: 'NAME', description: 'Only those of this pipeline' },
    n: { type: 'string', valueHint: 'N', description: 'How many (default: 50)' },
    follow: { type: 'boolean', alias: 'f', description: 'Show new ones as they come; Ctrl-C ends it' },
  },
  run: async ({ pipeline, n, follow: following }, context) => {
    const limit = numberOption('n', n, { min: 1 })
    if (following) return follow(context, pipeline)
    await using session = await openSession(context)
    const page = await session.client.alerts.list({ pipeline, limit })
    return await answer(context, page, () =>
      page.alerts.length === 0 ? 'No alerts.\n' : page.alerts.map(line).join(''),
    )
  },
})

async function follow(context: Context, pipeline: string | undefined): Promise<ExitCode> {
  await using session = await backgroundEngine(context)
  for await (const alert of await session.client.alerts.follow({ pipeline }, { signal: context.signal })) {
    await context.terminal.stdout.write(context.json ? `${JSON.stringify(alert)}\n` : line(alert))
  }
  return context.signal.aborted ? 130 : 0
}

function line({ timestamp, severity, pipeline, filter, message }: Alert): string {
  return `${formatTime(timestamp)}  ${severity.padEnd(6)}  ${shown(`${pipeline}/${filter}: ${message}`)}\n`
}
