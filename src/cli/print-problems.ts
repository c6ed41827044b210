import type { PipelineProblem, Validation } from '#contract/pipelines.ts'
import type { Context } from './context.ts'
import { shown } from './shown.ts'

/** Says what a check of a pipeline found, on stderr, a mistake with its place and its remedy. */
export async function printProblems({ terminal, json }: Context, { problems }: Validation): Promise<void> {
  if (!json) await terminal.stderr.write(problems.map(problemLines).join(''))
}

function problemLines({ file, line, column, key, message, remedy, severity }: PipelineProblem): string {
  const place = `${shown(file)}:${line}:${column}`
  return `${place}: ${severity}: ${key === '' ? '' : `${shown(key)}: `}${shown(message)}\n${remedy === '' ? '' : `  ${shown(remedy)}\n`}`
}
