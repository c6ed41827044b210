#!/usr/bin/env node
// The command `sluice`, for Node ≥ 18: finds a Node that is new enough, then the program (built, or the sources).
import module from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { installedNode, nodeIsNewEnough, noNodeMessage } from './find-node.mjs'
import { isFresh } from './freshness.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

if (nodeIsNewEnough()) await runHere()
else await runElsewhere()

async function runHere() {
  const emitWarning = process.emitWarning.bind(process)
  // Node 24 may call its own SQLite and type stripping experimental: nothing that a user could act on.
  process.emitWarning = (warning, ...rest) => {
    if (rest[0] !== 'ExperimentalWarning') emitWarning(warning, ...rest)
  }
  // Compiled code is kept between runs, types stripped and all: `sluice help` from the sources takes 0.06 s, not 0.2.
  module.enableCompileCache(join(root, 'node_modules', '.cache', 'node-compile'))
  const built = join(root, 'dist', 'cli', 'index.js')
  const source = join(root, 'src')
  const program = isFresh(built, source) ? built : join(source, 'cli', 'index.ts')
  await import(pathToFileURL(program).href)
}

async function runElsewhere() {
  const node = installedNode(root)
  if (node === undefined) {
    process.stderr.write(noNodeMessage(`run \`npm ci\` in ${root}, or install a newer Node (https://nodejs.org).`))
    process.exit(1)
  }
  const { handOver } = await import('./hand-over.mjs')
  handOver(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)])
}
