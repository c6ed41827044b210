// npm run check: every rule of the house, each step even if one before it failed. `--fast` leaves tests and build out.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { continueOnNewNode } from './continue-on-new-node.mjs'
import { fileLengths, summary } from './file-lengths.mjs'
import { ROOT } from './root.mjs'
import { runCommand, tool } from './run-command.mjs'
import { heading, say, secondsSince } from './say.mjs'

const STEPS = [
  { name: 'format', command: [tool('prettier'), '--check', '--log-level', 'warn', '.'] },
  { name: 'lint', command: [tool('oxlint'), '--type-aware', '--deny-warnings'] },
  { name: 'types', command: [tool('tsc'), '-p', '.'] },
  { name: 'boundaries', command: ['node', 'scripts/boundaries.mjs'] },
  { name: 'unused', command: [tool('knip'), '--no-progress'] },
  {
    name: 'generated',
    command: ['node', 'scripts/generate-pipeline-docs.ts', '--check'],
    needs: 'scripts/generate-pipeline-docs.ts',
  },
  { name: 'tests', command: [tool('vitest'), 'run', '--reporter=dot', 'src', 'tests/house'], slow: true },
  { name: 'build', command: ['node', 'scripts/build.mjs'], slow: true },
]

await continueOnNewNode()
const fast = process.argv.includes('--fast')
const results = []
for (const step of STEPS) {
  if ((fast && step.slow) || (step.needs && !existsSync(join(ROOT, step.needs)))) continue
  results.push(await runStep(step))
}
report(results)

async function runStep({ name, command }) {
  const start = performance.now()
  const { code, output } = await runCommand(command)
  const seconds = secondsSince(start)
  say(`${code === 0 ? 'ok  ' : 'FAIL'}  ${name.padEnd(11)} ${seconds.padStart(7)}`)
  return { name, code, output }
}

function report(all) {
  const failed = all.filter(({ code }) => code !== 0)
  for (const { name, output } of failed) {
    heading(`${name} failed:`)
    say(output.trimEnd())
  }
  say(`\nFile lengths: ${summary(fileLengths())}`)
  say(failed.length === 0 ? 'All checks passed.' : `Failed: ${failed.map(({ name }) => name).join(', ')}.`)
  process.exitCode = failed.length === 0 ? 0 : 1
}
