import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Context } from './context.ts'

/** A pipeline as typed: what looks like a path, or is one, becomes an absolute path; anything else is a name. */
export function pipelineArgument(text: string, { terminal }: Context): string {
  const looksLikePath = /[/\\]/.test(text) || /\.ya?ml$/i.test(text)
  return looksLikePath ? resolve(terminal.cwd, text) : text
}

/** As `pipelineArgument`, but a file of this very name counts too: for commands that take files. */
export function fileArgument(text: string, context: Context): string {
  const path = resolve(context.terminal.cwd, text)
  return existsSync(path) ? path : pipelineArgument(text, context)
}
