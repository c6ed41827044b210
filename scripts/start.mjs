// npm start [pipeline] [options of `sluice run`]: the first minute. Installs, builds, runs a pipeline, shows what came
// out of it. All of it is what a user can type: every step is a command of `sluice`.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { isFresh } from '#bin/freshness.mjs'
import { build } from './build.mjs'
import { continueOnNewNode } from './continue-on-new-node.mjs'
import { ROOT } from './root.mjs'
import { runCommand } from './run-command.mjs'
import { heading, say } from './say.mjs'

/** Inside the checkout, so that nothing is left elsewhere: remove the folder, and it is as if nothing had run. */
const HOME = join(ROOT, '.sluice')

/** Bundled pipelines whose producers end. Of the others a first look lasts 20 s. */
const ENDING = ['customers']

const ROWS_SHOWN = 5

/** Where tables are: how to list them, and how to ask them. */
const PLACES = [
  { title: 'Table', list: 'SHOW TABLES', options: [] },
  {
    title: 'Database table',
    list: `SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_name NOT LIKE '\\_%' ORDER BY table_name`,
    options: ['--on', 'database'],
  },
]

await continueOnNewNode()
process.exitCode = await main(process.argv.slice(2))

async function main([first, ...rest]) {
  const named = first !== undefined && !first.startsWith('-')
  const pipeline = named ? first : 'customers'
  const options = named || first === undefined ? rest : [first, ...rest]
  if (!(await builtIsFresh())) return 1
  return tryOut(pipeline, options)
}

async function builtIsFresh() {
  if (isFresh(join(ROOT, 'dist', 'cli', 'index.js'), join(ROOT, 'src'))) return true
  return (await build()) === 0
}

async function tryOut(pipeline, options) {
  const before = await filed(pipeline)
  say(`Running the pipeline ${pipeline} on the embedded engine. Its data: ${HOME}`)
  const { code } = await sluice(['run', pipeline, ...runOptions(pipeline, options)], { show: true })
  if (code !== 0) return code
  const after = await filed(pipeline)
  if (before > 0 && before === after) {
    say('Nothing new was to be filed: an earlier run filed all of it, and no record is ever filed twice.')
  }
  await analyse(pipeline)
  await showTables()
  sayWhatNext(pipeline)
  return 0
}

function runOptions(pipeline, options) {
  const isTold = options.some((option) => option.startsWith('--until-idle') || option.startsWith('--for'))
  if (isTold) return options
  return [...options, ...(ENDING.includes(pipeline) ? ['--until-idle'] : ['--for', '20s'])]
}

/** How many rows the pipeline's sinks have written so far. */
async function filed(pipeline) {
  if (!existsSync(HOME)) return 0
  const { code, stdout } = await sluice(['status', '--json'])
  if (code !== 0) return 0
  const found = JSON.parse(stdout).pipelines.find(({ name }) => name === pipeline)
  const sinks = Object.values(found?.ledger?.sinks ?? {})
  return sinks.reduce((sum, sink) => sum + (sink.filed ?? 0) + (sink.inserted ?? 0) + (sink.updated ?? 0), 0)
}

function sluice(args, options) {
  return runCommand([process.execPath, join(ROOT, 'bin', 'sluice.mjs'), ...args, '--home', HOME], options)
}

/** Runs the pipeline's saved analyses, whose results are tables too. */
async function analyse(pipeline) {
  const { code, output } = await sluice(['analysis', '--pipeline', pipeline])
  if (code !== 0) say(output.trimEnd())
}

/** The first rows of every table, in the lake and in the database. */
async function showTables() {
  for (const place of PLACES) {
    for (const table of await tablesOf(place)) {
      heading(`${place.title} ${table}`)
      await sluice(['query', `SELECT * FROM "${table}" LIMIT ${ROWS_SHOWN}`, ...place.options], { show: true })
    }
  }
}

async function tablesOf({ list, options }) {
  const { code, stdout } = await sluice(['query', list, ...options, '--format', 'json'])
  return code === 0 ? JSON.parse(stdout).map((row) => Object.values(row)[0]) : []
}

function sayWhatNext(pipeline) {
  const typed = (command) => `node bin/sluice.mjs ${command} --home .sluice`
  const next = [
    [typed('query "SHOW TABLES"'), 'ask in SQL'],
    [typed('topics'), 'every topic; tail <topic> --from-beginning shows its records'],
    [typed(`status ${pipeline}`), 'the ledger'],
    [typed(`reset ${pipeline}`), 'start over: says what goes, and asks'],
    ['npm start -- space-objects', 'an endless pipeline, for 20 s'],
    ['node bin/sluice.mjs help', 'every command; README.md tells more'],
  ]
  heading('What now')
  const width = Math.max(...next.map(([command]) => command.length))
  for (const [command, why] of next) say(`  ${command.padEnd(width)}  ${why}`)
}
