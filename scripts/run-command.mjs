import { spawn } from 'node:child_process'
import { delimiter, join } from 'node:path'
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
 * Runs a command in the checkout; resolves with its exit code (128 + n for signal n) and, unless `show` is set, with all
 * that it printed.
 */
export function runCommand([file, ...args], { show = false, env = {} } = {}) {
  return new Promise((resolve) => {
    let output = ''
    const child = spawn(file, args, {
      cwd: ROOT,
      env: toolEnvironment(env),
      stdio: show ? 'inherit' : ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
    })
    const collect = (chunk) => (output += chunk)
    child.stdout?.on('data', collect)
    child.stderr?.on('data', collect)
    child.on('error', (error) => resolve({ code: 127, output: `Can't run ${file}: ${error.message}\n` }))
    child.on('close', (code) => resolve({ code: code ?? 1, output }))
  })
}
