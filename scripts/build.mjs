// npm run build: src → dist, one .js for each .ts, by Vite (see vite.config.ts).
import { pathToFileURL } from 'node:url'
import { continueOnNewNode } from './continue-on-new-node.mjs'
import { runCommand, tool } from './run-command.mjs'
import { say, secondsSince } from './say.mjs'

/** Builds; resolves with the exit code. Quiet unless it fails. */
export async function build() {
  const start = performance.now()
  const { code, output } = await runCommand([tool('vite'), 'build', '--logLevel', 'warn'])
  say(code === 0 ? `Built dist in ${secondsSince(start)}.${output && `\n${output}`}` : `${output}\nThe build failed.`)
  return code
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  await continueOnNewNode()
  process.exitCode = await build()
}
