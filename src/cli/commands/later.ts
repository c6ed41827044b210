import { verb, type AnyVerb } from '#cli/verb.ts'
import { SluiceError } from '#engine/core/sluice-error.ts'

/** Commands that the design has and this version hasn't. */
function later(name: string, instead: string): AnyVerb {
  return verb({
    usage: name,
    about: 'Not part of this version.',
    examples: [],
    args: { pipeline: { type: 'positional', required: false, description: '' } },
    run: () => {
      throw new SluiceError('KIND_LATER', `\`sluice ${name}\` is not part of this version.`, { remedy: instead })
    },
  })
}

export const serve = later('serve', 'Use the commands: `sluice help`.')
export const submit = later('submit', 'Run it here: `sluice run <pipeline>`.')
