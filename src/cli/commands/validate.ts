import { readFile } from 'node:fs/promises'
import { isAbsolute } from 'node:path'
import type { Context } from '#cli/context.ts'
import { fileArgument } from '#cli/pipeline-argument.ts'
import { answer } from '#cli/print.ts'
import { printProblems } from '#cli/print-problems.ts'
import { openSession } from '#cli/session.ts'
import { formatNumberOf } from '#cli/format.ts'
import { verb } from '#cli/verb.ts'
import type { Validate } from '#contract/pipelines.ts'
import { SluiceError } from '#engine/core/sluice-error.ts'

export const validate = verb({
  usage: 'validate <file|pipeline>',
  about: 'Checks a pipeline without starting anything: every mistake with its line, its key and its remedy.',
  examples: [['sluice validate mine.yaml', 'exit code 0 if it can run, 2 if not']],
  args: {
    file: { type: 'positional', required: true, description: 'A YAML file, the name of a pipeline, or - for stdin' },
  },
  run: async (args, context) => {
    const request = await requestOf(args.file, context)
    await using session = await openSession(context)
    const found = await session.client.pipelines.validate(request)
    await printProblems(context, found)
    const count = (severity: string): number => found.problems.filter((problem) => problem.severity === severity).length
    const warnings = count('warning')
    const ok = `${found.name ?? args.file} can run${warnings > 0 ? ` (${formatNumberOf(warnings, 'warning')})` : ''}.\n`
    await answer(context, found, () => (found.valid ? ok : `${formatNumberOf(count('error'), 'mistake')}.\n`))
    return found.valid ? 0 : 2
  },
})

async function requestOf(text: string, context: Context): Promise<Validate> {
  if (text === '-') return { text: await textOf(context.terminal.stdin) }
  const file = fileArgument(text, context)
  if (!isAbsolute(file)) return { name: file }
  await assertReadable(file)
  return { file }
}

async function assertReadable(file: string): Promise<void> {
  try {
    await readFile(file)
  } catch (cause) {
    throw new SluiceError('FILE_UNREADABLE', `reading ${file}`, { cause })
  }
}

async function textOf(stdin: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of stdin) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}
