import { backgroundEngine } from '#cli/background.ts'
import { numberOption } from '#cli/options.ts'
import { pipelineArgument } from '#cli/pipeline-argument.ts'
import { answer } from '#cli/print.ts'
import { verb } from '#cli/verb.ts'

export const start = verb({
  usage: 'start <pipeline|file> [--rate N] [--count N]',
  about: `Starts it in the engine that runs on the data folder; where none does, in one in the background that
goes on when this terminal is closed. Starting what runs is done already.`,
  examples: [
    ['sluice start space-objects', 'then `sluice status`, `sluice tail space_alerts`, `sluice stop space-objects`'],
  ],
  args: {
    pipeline: { type: 'positional', required: true, description: "A pipeline's name, or the path of a YAML file" },
    rate: { type: 'string', valueHint: 'N', description: 'Records a second of its generators; 0: as fast as it can' },
    count: { type: 'string', valueHint: 'N', description: 'End its generators after so many records' },
  },
  run: async (args, context) => {
    const request = {
      pipeline: pipelineArgument(args.pipeline, context),
      rate: numberOption('rate', args.rate, { fraction: true }),
      count: numberOption('count', args.count, { min: 1 }),
    }
    await using session = await backgroundEngine(context)
    const { name } = await session.client.pipelines.start(request)
    return await answer(context, { name, state: 'running' }, () => `${name} runs; \`sluice stop ${name}\` stops it.\n`)
  },
})
