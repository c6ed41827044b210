import { spawn } from 'node:child_process'
import { delimiter, join } from 'node:path'
import { forwardSignals } from '#bin/forward-signals.mjs'
import { ROOT } from './root.mjs'

const BINS = join(ROOT, 'node_modules', '.bin')

/** The environment in which tools of this checkout are found first, Node among them. */
export function toolEnvironment(extra = {}) {
  return { ...process.env, PATH: `${BINS}${delimiter}${process.env.PATH ?? ''}`, ...extra }
}

/** The file of a tool that npm installed here. */
export function tool(name) {
  return join(BINS, process.platform === 'win32' ? `${name}.cmd` : name)
}

/**
 * Runs a command in the checkout; resolves with its exit code (1 if a signal ended it) and, unless `show` is set, with all
 * that it printed.
 *
 * @param {string[]} command
 * @param {{ show?: boolean, env?: Record<string, string> }} options
 * @returns {Promise<{ code: number, output: string, stdout: string }>} `output`: stdout and stderr as they came
 */
export function runCommand(command, { show = false, env = {} } = {}) {
  const [file, ...args] = command
  return new Promise((resolve) => {
    let output = ''
    let stdout = ''
    const child = spawn(file, args, {
      cwd: ROOT,
      env: toolEnvironment(env),
      stdio: show ? 'inherit' : ['ignore', 'pipe', 'pipe'],
      // On Windows npm and the tools are .cmd files, which need a shell; Node isn't, and its arguments need none.
      shell: process.platform === 'win32' && (file === 'npm' || file.endsWith('.cmd')),
    })
    if (show) forwardSignals(child)
    child.stdout?.on('data', (chunk) => (stdout += chunk))
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += chunk))
    child.on('error', (error) => resolve({ code: 127, output: `Can't run ${file}: ${error.message}\n`, stdout: '' }))
    child.on('close', (code) => resolve({ code: code ?? 1, output, stdout }))
  })
}
