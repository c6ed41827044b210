import { followPipeline, throwUnbalanced } from '#cli/follow-pipeline.ts'
import { printAnalyses, type Analysed } from '#cli/print-analyses.ts'
import { ledgerTable } from '#cli/ledger-table.ts'
import { durationOption } from '#cli/options.ts'
import { pipelineArgument } from '#cli/pipeline-argument.ts'
import { isAbsolute } from 'node:path'
import { answer, note } from '#cli/print.ts'
import { printProblems } from '#cli/print-problems.ts'
import { openSession, type Session } from '#cli/session.ts'
import { backgroundEngine } from '#cli/background.ts'
import type { Context } from '#cli/context.ts'
import { verb, type ExitCode } from '#cli/verb.ts'
import type { PipelineStatus } from '#contract/status.ts'

const PATIENCE_MS = 60_000

export const up = verb({
  usage: 'up <pipeline|file> [--for 30s] [--detach]',
  about: `The whole of it in one go: checks the pipeline, starts it, waits until rows are filed (where its
producers end: until all are, for a minute at most), runs its analyses and reports. Then it is stopped, unless --detach leaves it running
in the background.`,
  examples: [
    ['sluice up customers', 'read, filter, file, analyse, report'],
    ['sluice up space-objects --for 1m', 'let rows gather for a minute before the analyses'],
    ['sluice up space-objects --detach', 'and leave it running'],
  ],
  args: {
    pipeline: { type: 'positional', required: true, description: "A pipeline's name, or the path of a YAML file" },
    for: { type: 'string', valueHint: 'TIME', description: 'Gather rows for so long (at most, where producers end)' },
    detach: { type: 'boolean', alias: 'd', description: 'Leave it running in the background' },
  },
  run: async (args, context) => {
    const forMs = durationOption('for', args.for)
    const pipeline = pipelineArgument(args.pipeline, context)
    await using session = args.detach ? await backgroundEngine(context) : await openSession(context, { serve: true })
    const checked = await check(session, context, pipeline)
    if (!checked) return 2
    const { name } = await session.client.pipelines.start({ pipeline })
    await note(context, `${name} runs; waiting for rows …`)
    let ended: Ended
    try {
      ended = await gatherAndAnalyse(session, context, { name, endless: checked.endless, forMs })
    } finally {
      if (!args.detach) await session.client.pipelines.stop({ name })
    }
    if (args.detach) await note(context, `${name} goes on running: \`sluice stop ${name}\` stops it.`)
    return await report(session, context, { name, ...ended })
  },
})

interface Ended {
  readonly interrupted: boolean
  readonly results: Analysed
}

async function gatherAndAnalyse(session: Session, context: Context, options: Gather): Promise<Ended> {
  if (await gather(session, context, options)) return { interrupted: true, results: { failed: false, events: [] } }
  const which = { pipeline: options.name }
  return {
    interrupted: false,
    results: await printAnalyses(session.client, context, { which, quiet: context.json }),
  }
}

async function check(
  { client }: Session,
  context: Context,
  pipeline: string,
): Promise<{ readonly endless: boolean } | undefined> {
  const found = await client.pipelines.validate(isAbsolute(pipeline) ? { file: pipeline } : { name: pipeline })
  await printProblems(context, found)
  return found.valid ? { endless: found.endless.length > 0 } : undefined
}

interface Gather {
  readonly name: string
  readonly endless: boolean
  readonly forMs: number | undefined
}

/** True when it was interrupted. */
async function gather(session: Session, context: Context, { name, endless, forMs }: Gather): Promise<boolean> {
  const patience = { name, forMs: forMs ?? PATIENCE_MS }
  const until = endless && forMs === undefined ? newRows() : undefined
  const outcome = await followPipeline(session, context, { ...patience, untilIdle: !endless, ...(until && { until }) })
  if (outcome === 'time' && forMs === undefined) {
    const seconds = PATIENCE_MS / 1000
    await note(context, `${name} is not done after ${seconds} s; going on with what is filed so far.`)
  }
  return outcome === 'interrupted'
}

/** Says whether rows were filed since the first status that it saw. */
function newRows(): (status: PipelineStatus) => boolean {
  let before: number | undefined
  return ({ ledger }) => {
    const rows = Object.values(ledger.sinks).reduce((sum, { filed = 0, inserted = 0 }) => sum + filed + inserted, 0)
    before ??= rows
    return rows > before
  }
}

async function report(
  { client }: Session,
  context: Context,
  { name, interrupted, results }: Ended & { readonly name: string },
): Promise<ExitCode> {
  const status = await client.pipelines.status({ name })
  const [pipeline] = status.pipelines
  await answer(context, { ...status, analyses: results.events }, () => (pipeline ? `\n${ledgerTable(pipeline)}` : ''))
  if (pipeline) throwUnbalanced(pipeline)
  if (interrupted) return 130
  return results.failed ? 1 : 0
}
