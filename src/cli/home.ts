import { resolve } from 'node:path'
import envPaths from 'env-paths'
import type { Terminal } from './terminal.ts'

/** The data folder: `--home`, else SLUICE_HOME, else the OS's folder for an app's data. */
export function homeOf(option: string | undefined, terminal: Terminal): string {
  const chosen = option ?? terminal.env['SLUICE_HOME']
  return chosen ? resolve(terminal.cwd, chosen) : envPaths('sluice', { suffix: '' }).data
}
