import { backgroundEngine } from '#cli/background.ts'
import { answer } from '#cli/print.ts'
import { pipelineArgument } from '#cli/pipeline-argument.ts'
import { verb } from '#cli/verb.ts'
import { isAbsolute } from 'node:path'

export const restart = verb({
  usage: 'restart <pipeline|file>',
  about:
    'Stops it after its open batches and starts it again, with what its file says now. No record is lost or doubled.',
  examples: [['sluice restart space-objects', 'after its file was changed']],
  args: {
    pipeline: { type: 'positional', required: true, description: "A pipeline's name, or the path of a YAML file" },
  },
  run: async (args, context) => {
    await using session = await backgroundEngine(context)
    const pipeline = pipelineArgument(args.pipeline, context)
    const known = await session.client.pipelines.list()
    const running = known.find(({ name, file }) => (isAbsolute(pipeline) ? file === pipeline : name === pipeline))
    if (running && running.state !== 'stopped') await session.client.pipelines.stop({ name: running.name })
    const { name } = await session.client.pipelines.start({ pipeline })
    return await answer(context, { name, state: 'running' }, () => `${name} runs again.\n`)
  },
})
