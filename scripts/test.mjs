// npm test [files]: every test that is there. SLUICE_REQUIRE=browser,stack,docker: a part of these that didn't run fails.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { continueOnNewNode } from './continue-on-new-node.mjs'
import { ROOT } from './root.mjs'
import { runCommand, tool } from './run-command.mjs'
import { heading, say } from './say.mjs'
import { byGroup, count, countLine, readResults } from './test-results.mjs'

/** Parts that need more than Node, and the folder of their tests. */
const PARTS = { browser: 'tests/e2e', stack: 'tests/stack', docker: 'tests/docker' }

await continueOnNewNode()
process.exitCode = await main(process.argv.slice(2))

async function main(filters) {
  const { code, files } = await runVitest(filters)
  reportGroups(files)
  reportSkipped(files)
  const lacking = reportParts(files, (process.env.SLUICE_REQUIRE ?? '').split(','))
  say(`\n${countLine(files)}`)
  const { passed, failed } = count(files)
  return code === 0 && failed === 0 && passed > 0 && lacking.length === 0 ? 0 : 1
}

/** Runs vitest, which shows its own progress; resolves with its exit code and the tests of each file. */
async function runVitest(filters) {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-test-'))
  const json = join(folder, 'results.json')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${json}`]
  const { code } = await runCommand([tool('vitest'), 'run', ...reporters, ...filters], { show: true })
  const files = existsSync(json) ? readResults(JSON.parse(readFileSync(json, 'utf8'))) : []
  rmSync(folder, { recursive: true })
  return { code, files }
}

function reportGroups(files) {
  heading('By group')
  for (const [group, members] of Object.entries(byGroup(files))) say(`  ${group.padEnd(20)} ${countLine(members)}`)
}

function reportSkipped(files) {
  const skipped = files.flatMap(({ file, tests }) =>
    tests.filter(({ state }) => state === 'skipped').map(({ title }) => `  ${file}: ${title}`),
  )
  if (skipped.length === 0) return
  heading('Skipped (each names its reason or need)')
  for (const line of skipped) say(line)
}

/** Says which parts ran; returns the required ones that are there and did not. */
function reportParts(files, required) {
  heading('Parts that need more than Node')
  const states = Object.entries(PARTS).map(([part, folder]) => {
    const members = files.filter(({ file }) => file.startsWith(`${folder}/`))
    const state = existsSync(join(ROOT, folder)) ? countLine(members) : 'not part of this version'
    const lacks = state !== 'not part of this version' && count(members).passed === 0 && required.includes(part)
    say(`  ${part.padEnd(9)} ${state}${lacks ? ': SLUICE_REQUIRE asks for it' : ''}`)
    return { part, lacks }
  })
  return states.filter(({ lacks }) => lacks)
}
