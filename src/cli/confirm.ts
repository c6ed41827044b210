import type { Context } from './context.ts'
import { linesOf } from './lines-of.ts'
import { usage } from './verb.ts'

/** Asks on a terminal; where nobody can answer, `--yes` is needed. */
export async function confirm({ terminal, json }: Context, question: string): Promise<boolean> {
  if (!terminal.stdinIsTty || json)
    throw usage('This removes data, and nobody can be asked here: repeat it with --yes.')
  await terminal.stderr.write(`${question} [y/N] `)
  for await (const line of linesOf(terminal.stdin)) return /^y(es)?$/i.test(line.trim())
  return false
}
