// npm run build: src → dist, one .js for each .ts, by Vite (see vite.config.ts).
import { pathToFileURL } from 'node:url'
import { continueOnNewNode } from './continue-on-new-node.mjs'
import { runCommand, tool } from './run-command.mjs'
import { say, saying } from './say.mjs'

/** Builds; resolves with the exit code. Quiet unless there is something to say. */
export async function build() {
  const command = [tool('vite'), 'build', '--logLevel', 'warn']
  const { code, output } = await saying('Building dist', () => runCommand(command))
  if (output !== '') say(output.trimEnd())
  if (code !== 0) say('The build failed.')
  return code
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  await continueOnNewNode()
  process.exitCode = await build()
}
