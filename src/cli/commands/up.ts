import { followPipeline, throwUnbalanced } from '#cli/follow-pipeline.ts'
import { printAnalyses } from '#cli/print-analyses.ts'
import { ledgerTable } from '#cli/ledger-table.ts'
import { durationOption } from '#cli/options.ts'
import { pipelineArgument } from '#cli/pipeline-argument.ts'
import { isAbsolute } from 'node:path'
import { note } from '#cli/print.ts'
import { printProblems } from '#cli/print-problems.ts'
import { openSession, type Session } from '#cli/session.ts'
import { backgroundEngine } from '#cli/background.ts'
import type { Context } from '#cli/context.ts'
import { verb, type ExitCode } from '#cli/verb.ts'
import type { PipelineStatus } from '#contract/status.ts'

const PATIENCE_MS = 60_000

export const up = verb({
  usage: 'up <pipeline|file> [--for 30s] [--detach]',
  about: `The whole of it in one go: checks the pipeline, starts it, waits until rows are filed (one that ends:
until all are), runs its analyses and reports. Then it is stopped, unless --detach leaves it running
in the background.`,
  examples: [
    ['sluice up customers', 'read, filter, file, analyse, report'],
    ['sluice up space-objects --for 1m', 'let rows gather for a minute before the analyses'],
    ['sluice up space-objects --detach', 'and leave it running'],
  ],
  args: {
    pipeline: { type: 'positional', required: true, description: "A pipeline's name, or the path of a YAML file" },
    for: { type: 'string', valueHint: 'TIME', description: 'Let an endless one gather rows for so long' },
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
    try {
      const interrupted = await gather(session, context, { name, endless: checked.endless, forMs })
      return interrupted ? 130 : await report(session, context, name)
    } finally {
      if (!args.detach) await session.client.pipelines.stop({ name })
      else await note(context, `${name} goes on running: \`sluice stop ${name}\` stops it.`)
    }
  },
})

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

async function gather(session: Session, context: Context, { name, endless, forMs }: Gather): Promise<boolean> {
  if (!endless) return (await followPipeline(session, context, { name, untilIdle: true })) === 'interrupted'
  const rows = await followPipeline(session, context, {
    name,
    forMs: forMs ?? PATIENCE_MS,
    until: forMs ? never : hasRows,
  })
  if (rows === 'time' && forMs === undefined) {
    await note(context, `No sink of ${name} has rows after ${PATIENCE_MS / 1000} s; going on.`)
  }
  return rows === 'interrupted'
}

function never(): boolean {
  return false
}

/** Rows flow when the first sink has filed. */
function hasRows({ ledger }: PipelineStatus): boolean {
  return Object.values(ledger.sinks).some(({ filed = 0, inserted = 0 }) => filed + inserted > 0)
}

async function report(session: Session, context: Context, name: string): Promise<ExitCode> {
  const results = await printAnalyses(session.client, context, { which: { pipeline: name }, quiet: context.json })
  const status = await session.client.pipelines.status({ name })
  const [pipeline] = status.pipelines
  if (context.json) {
    await context.terminal.stdout.write(`${JSON.stringify({ ...status, analyses: results.events }, undefined, 2)}\n`)
  } else if (pipeline) await context.terminal.stdout.write(`\n${ledgerTable(pipeline)}`)
  if (pipeline) throwUnbalanced(pipeline)
  return results.failed ? 1 : 0
}
