// Runs on Node ≥ 18 before anything is installed: no dependencies.
import { handOver } from '#bin/hand-over.mjs'
import { installedNode, nodeIsNewEnough, noNodeMessage } from '#bin/find-node.mjs'
import { installIfNeeded } from './install.mjs'
import { ROOT } from './root.mjs'

/**
 * The first step of every script: installs what is missing. Resolves on a Node that is new enough; on an older one the
 * script starts again on the installed one, and this never resolves.
 */
export async function continueOnNewNode() {
  await installIfNeeded()
  if (nodeIsNewEnough()) return
  const node = installedNode(ROOT)
  if (node === undefined) {
    process.stderr.write(noNodeMessage('install a newer Node (https://nodejs.org).'))
    process.exit(1)
  }
  handOver(node, process.argv.slice(1))
  await new Promise(() => {})
}
