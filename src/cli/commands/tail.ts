import { backgroundEngine } from '#cli/background.ts'
import { formatTime } from '#cli/format.ts'
import { durationOption, numberOption } from '#cli/options.ts'
import { openSession } from '#cli/session.ts'
import { shown } from '#cli/shown.ts'
import type { Context } from '#cli/context.ts'
import { usage, verb } from '#cli/verb.ts'
import type { ShownRecord, Tail } from '#contract/topics.ts'

export const tail = verb({
  usage: 'tail <topic> [--from-beginning] [--timeout 10s] [-n N]',
  about: `The values of a topic's records, one a line: those that come from now on, or all of them. It ends after -n
records, after --timeout without one, or at Ctrl-C.`,
  examples: [
    ['sluice tail space_data', 'watch them come'],
    ['sluice tail customers-raw --from-beginning -n 3', 'the first three'],
    ['sluice tail customers-raw.rejected --from-beginning --timeout 1s --json', 'dead letters with their places'],
  ],
  args: {
    topic: { type: 'positional', required: true, description: 'The topic' },
    'from-beginning': { type: 'boolean', description: 'Start with the oldest record' },
    from: { type: 'string', valueHint: 'OFFSET', description: 'Start at this offset, or at a time (ISO 8601)' },
    partition: { type: 'string', valueHint: 'P', description: 'This partition only' },
    timeout: { type: 'string', valueHint: 'TIME', description: 'End after so long without a record' },
    n: { type: 'string', valueHint: 'N', description: 'End after so many records' },
    verbose: { type: 'boolean', alias: 'v', description: 'Place, time and key before each value' },
  },
  run: async (args, context) => {
    const request = {
      topic: args.topic,
      from: startOf(args['from-beginning'] === true, args.from),
      n: numberOption('n', args.n, { min: 1 }),
      timeoutMs: durationOption('timeout', args.timeout),
      partition: numberOption('partition', args.partition),
    }
    const endless = request.timeoutMs === undefined
    await using session = endless ? await backgroundEngine(context) : await openSession(context)
    const print = printer(context, args.verbose === true)
    for await (const { records } of await session.client.topics.tail(request, { signal: context.signal })) {
      await context.terminal.stdout.write(records.map(print).join(''))
    }
    return context.signal.aborted ? 130 : 0
  },
})

function startOf(fromBeginning: boolean, from: string | undefined): Tail['from'] {
  if (fromBeginning && from !== undefined) throw usage('--from-beginning and --from exclude each other.')
  if (from === undefined) return fromBeginning ? 'beginning' : 'end'
  if (/^\d+$/.test(from)) return { offset: Number(from) }
  const time = new Date(from)
  if (Number.isNaN(time.getTime())) throw usage(`--from ${from} is neither an offset nor a time.`)
  return { time: time.toISOString() }
}

function printer({ json, terminal }: Context, verbose: boolean): (record: ShownRecord) => string {
  if (json) return (record) => `${JSON.stringify(record)}\n`
  // In a pipe the value goes on as it is; a terminal must not obey what a record holds.
  const safe = terminal.stdout.isTty ? shown : (text: string): string => text
  return ({ partition, offset, timestamp, key, value }) => {
    const place = verbose ? `${partition}/${offset}  ${formatTime(timestamp)}  ${safe(key ?? '-')}  ` : ''
    return `${place}${safe(value ?? '')}\n`
  }
}
