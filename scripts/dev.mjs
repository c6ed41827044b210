// npm run dev [pipeline]: runs a pipeline on the embedded engine from the sources, again after every change of them.
import { join } from 'node:path'
import { handOver } from '#bin/hand-over.mjs'
import { continueOnNewNode } from './continue-on-new-node.mjs'
import { ROOT } from './root.mjs'
import { say } from './say.mjs'

await continueOnNewNode()
const [pipeline = 'space-objects', ...rest] = process.argv.slice(2)
const home = join(ROOT, '.sluice', 'dev')
say(
  `Running ${pipeline} from the sources, its data in ${home}; starts again when a file under src changes. Ctrl-C ends it.`,
)
handOver(process.execPath, [
  `--watch-path=${join(ROOT, 'src')}`,
  '--watch-preserve-output',
  '--disable-warning=ExperimentalWarning',
  join(ROOT, 'src', 'cli', 'index.ts'),
  'run',
  pipeline,
  '--home',
  home,
  ...rest,
])
