// Runs on Node ≥ 18 before anything is installed: no dependencies.
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './root.mjs'
import { runCommand } from './run-command.mjs'
import { saying } from './say.mjs'

/** True if node_modules is there and was made from this package-lock.json, as npm itself records it. */
export function isInstalled(root = ROOT) {
  const made = modified(join(root, 'node_modules', '.package-lock.json'))
  return made !== undefined && made >= (modified(join(root, 'package-lock.json')) ?? 0)
}

/** Installs what the lock file names unless that is there already; ends the process with a plain line if it can't. */
export async function installIfNeeded() {
  if (isInstalled()) return
  const npm = ['npm', 'ci', '--ignore-scripts', '--no-audit', '--no-fund']
  const { code, output } = await saying('Installing the packages (once, under a minute)', () => runCommand(npm))
  if (code === 0) return
  process.stderr.write(
    `${output}\nCan't install the packages: \`${npm.join(' ')}\` failed, see above. Is the npm registry within reach?\n`,
  )
  process.exit(1)
}

function modified(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs
}
