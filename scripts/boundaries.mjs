// node scripts/boundaries.mjs: every import of the checkout against the rules of .dependency-cruiser.mjs.
import { existsSync, readdirSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import config from '#dependency-rules'
import { cruise } from 'dependency-cruiser'
import { ROOT } from './root.mjs'
import { say } from './say.mjs'
import { teachSwcUsing } from './swc-reads-using.mjs'

const FOLDERS = ['src', 'tests', 'bench', 'scripts', 'bin']
const IS_SOURCE = /\.(ts|tsx|mjs)$/

teachSwcUsing()

/**
 * Reads every source file under `root`, and resolves with what breaks a rule, one line each. A source file that was not
 * read is a breach itself: a cruise that sees nothing is green.
 *
 * @returns {Promise<{ breaches: string[], cruised: number, sources: number, resolved: string[] }>} `resolved`: what all
 * imports lead to
 */
export async function findBreaches(root = ROOT) {
  const { options, ...ruleSet } = config
  const { enhancedResolveOptions, ...cruiseOptions } = options
  const folders = FOLDERS.filter((folder) => existsSync(join(root, folder)))
  const judged = { ...cruiseOptions, ruleSet, validate: true, baseDir: root }
  const { output } = await cruise(folders, judged, { ...enhancedResolveOptions })
  const sources = sourceFiles(root, folders)
  const breaches = [
    ...output.summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`),
    ...output.modules.flatMap(importsOfParents),
    ...unread(sources, output.modules),
  ]
  const resolved = output.modules.flatMap(({ dependencies }) => dependencies.map((dependency) => dependency.resolved))
  return { breaches, cruised: output.summary.totalCruised, sources: sources.length, resolved }
}

function importsOfParents({ source, dependencies }) {
  return dependencies
    .filter(({ module }) => module === '..' || module.startsWith('../'))
    .map(({ module }) => `no-parent-imports: ${source} → ${module} (write #folder/… instead)`)
}

function unread(sources, modules) {
  const read = new Set(modules.map(({ source }) => source))
  return sources.filter((path) => !read.has(path)).map((path) => `not-read: ${path}`)
}

function sourceFiles(root, folders) {
  return folders
    .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && IS_SOURCE.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { breaches, cruised, sources } = await findBreaches()
  for (const breach of breaches) say(breach)
  say(`${cruised} modules read, ${sources} source files, ${breaches.length} breaches`)
  process.exitCode = breaches.length === 0 ? 0 : 1
}
