import { resolve } from 'node:path'
import type { Context } from '#cli/context.ts'
import { followPipeline, throwFailure, throwUnbalanced, type Outcome } from '#cli/follow-pipeline.ts'
import { ledgerTable } from '#cli/ledger-table.ts'
import { durationOption, numberOption } from '#cli/options.ts'
import { pipelineArgument } from '#cli/pipeline-argument.ts'
import { answer, note } from '#cli/print.ts'
import { openSession, type Session } from '#cli/session.ts'
import { usage, verb, type ExitCode } from '#cli/verb.ts'
import { SluiceError } from '#engine/core/sluice-error.ts'

export const run = verb({
  usage: 'run <pipeline|file> [--until-idle | --for 30s] [options]',
  about: `Runs it in this process, or in the engine that already runs on the data folder, and shows how the
records move. Ctrl-C stops it cleanly: open batches are finished. What was filed stays; the next run
goes on where this one ended. At its end the counts on every edge are printed.`,
  examples: [
    ['sluice run customers --until-idle', 'a whole CSV; ends when every record is filed'],
    ['sluice run space-objects --for 30s', 'an endless generator, for half a minute'],
    ['sluice run space-objects --rate 0 --count 1000000 --until-idle', 'a million records, as fast as it can'],
    ['sluice run ./mine.yaml', 'your own file, until Ctrl-C'],
  ],
  args: {
    pipeline: { type: 'positional', required: true, description: "A pipeline's name, or the path of a YAML file" },
    'until-idle': { type: 'boolean', description: 'End when producers have ended and everything is filed' },
    for: { type: 'string', valueHint: 'TIME', description: 'End after this long: 30s, 5m, 1h' },
    rate: { type: 'string', valueHint: 'N', description: 'Records a second of its generators; 0: as fast as it can' },
    count: { type: 'string', valueHint: 'N', description: 'End its generators after so many records' },
  },
  run: async (args, context) => {
    const forMs = durationOption('for', args.for)
    const untilIdle = args['until-idle'] === true
    if (untilIdle && forMs !== undefined) throw usage('--until-idle and --for exclude each other.')
    const request = {
      pipeline: pipelineArgument(args.pipeline, context),
      rate: numberOption('rate', args.rate, { fraction: true }),
      count: numberOption('count', args.count, { min: 1 }),
      untilIdle,
    }
    await using session = await openSession(context, { serve: true })
    const ranBefore = await runsAlready(session, request.pipeline)
    const { name } = await session.client.pipelines.start(request)
    await note(context, ranBefore ? `${name} runs already; watching it.` : `${name} runs. Ctrl-C stops it cleanly.`)
    const outcome = await watched(session, context, { name, untilIdle, forMs, leaveRunning: ranBefore })
    return await report(session, context, { name, outcome })
  },
})

async function runsAlready({ engine, client }: Session, pipeline: string): Promise<boolean> {
  if (engine === 'here') return false
  const known = await client.pipelines.list()
  return known.some(({ name, file, state }) => (name === pipeline || resolve(file) === pipeline) && state !== 'stopped')
}

interface Watched {
  readonly name: string
  readonly untilIdle: boolean
  readonly forMs: number | undefined
  readonly leaveRunning: boolean
}

async function watched(session: Session, context: Context, options: Watched): Promise<Outcome> {
  const { name, untilIdle, forMs, leaveRunning } = options
  try {
    return await followPipeline(session, context, { name, untilIdle, ...(forMs !== undefined && { forMs }) })
  } finally {
    const gone = session.engine === 'elsewhere' && session.ended.aborted
    if (!leaveRunning && !gone) await session.client.pipelines.stop({ name })
  }
}

async function report(
  session: Session,
  context: Context,
  { name, outcome }: { readonly name: string; readonly outcome: Outcome },
): Promise<ExitCode> {
  if (outcome === 'ended' && session.engine === 'elsewhere') {
    throw new SluiceError('NOT_CONNECTED', `The engine that ran ${name} has ended.`, {
      remedy: 'Run it again: it goes on where it was.',
    })
  }
  const status = await session.client.pipelines.status({ name })
  const [pipeline] = status.pipelines
  await answer(context, status, () => (pipeline ? ledgerTable(pipeline) : ''))
  if (pipeline) throwUnbalanced(pipeline)
  if (pipeline && outcome !== 'interrupted') throwFailure(pipeline)
  return outcome === 'interrupted' ? 130 : 0
}
