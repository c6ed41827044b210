import type { Context } from './context.ts'
import type { ExitCode } from './verb.ts'

/** An answer, as JSON where that was asked for, else as people read it. */
export async function answer(context: Context, value: unknown, text: () => string): Promise<ExitCode> {
  await context.terminal.stdout.write(context.json ? `${JSON.stringify(value, undefined, 2)}\n` : text())
  return 0
}

/** A remark for whoever watches, on stderr: silent in a pipe and beside JSON. */
export async function note({ terminal, json }: Context, text: string): Promise<void> {
  if (!json && terminal.stderr.isTty) await terminal.stderr.write(`${text}\n`)
}
