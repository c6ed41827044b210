import { backgroundEngine } from '#cli/background.ts'
import { numberOption } from '#cli/options.ts'
import { openSession } from '#cli/session.ts'
import { shown } from '#cli/shown.ts'
import { verb } from '#cli/verb.ts'
import type { LogLine } from '#contract/pipelines.ts'

export const logs = verb({
  usage: 'logs [job] [--follow] [-n N]',
  about:
    'The newest lines of the log, oldest first. A job is named as in the pipeline file; a pipeline takes all its jobs.',
  examples: [
    ['sluice logs simulator', "one job's"],
    ['sluice logs --follow', 'everything, as it comes; Ctrl-C ends it'],
  ],
  args: {
    job: { type: 'positional', required: false, description: 'A job, a pipeline, or nothing for all' },
    follow: { type: 'boolean', alias: 'f', description: 'Go on with new lines' },
    n: { type: 'string', valueHint: 'N', description: 'How many of the newest lines (default: 200)' },
  },
  run: async (args, context) => {
    const lines = numberOption('n', args.n)
    const follow = args.follow === true
    await using session = follow ? await backgroundEngine(context) : await openSession(context)
    const request = { job: args.job, follow, lines }
    for await (const line of await session.client.pipelines.logs(request, { signal: context.signal })) {
      await context.terminal.stdout.write(context.json ? `${JSON.stringify(line)}\n` : text(line))
    }
    return context.signal.aborted ? 130 : 0
  },
})

function text({ time, level, pipeline, job, message, fields }: LogLine): string {
  const who = [pipeline, job].filter((part) => part !== undefined).join('/')
  const rest = fields && Object.keys(fields).length > 0 ? ` ${JSON.stringify(fields)}` : ''
  return `${shown(`${time} ${level.padEnd(5)} ${who === '' ? 'engine' : who}: ${message}${rest}`)}\n`
}
