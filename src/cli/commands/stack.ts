import { answer } from '#cli/print.ts'
import { verb } from '#cli/verb.ts'

export const build = verb({
  usage: 'build',
  about: 'The embedded engine is built already: it needs no containers and no images.',
  examples: [],
  args: { pipeline: { type: 'positional', required: false, description: 'Taken, and of no effect here' } },
  run: (_args, context) =>
    answer(context, { built: [] }, () => 'Nothing to build: the embedded engine needs no images.\n'),
})

export const clean = verb({
  usage: 'clean',
  about: 'Containers and images belong to the docker engine. The data of a pipeline goes with `sluice reset`.',
  examples: [],
  args: {},
  run: (_args, context) =>
    answer(
      context,
      { removed: [] },
      () => 'Nothing to clean: the embedded engine has no containers. `sluice reset <pipeline>` removes data.\n',
    ),
})
