// node scripts/file-lengths.mjs: how long the product's files are, against the budgets of CONTRIBUTING.md.
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ROOT } from './root.mjs'
import { say } from './say.mjs'

const IS_PRODUCT = /(?<!\.test|\.contract)\.(ts|tsx)$/

/** The lines of each product file under src, shortest first. */
export function fileLengths(root = ROOT) {
  return readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && IS_PRODUCT.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path: relative(root, path), lines: lineCount(path) }))
    .toSorted((a, b) => a.lines - b.lines)
}

/** Number of files, median, 90th percentile and the longest, as one line. */
export function summary(lengths) {
  if (lengths.length === 0) return 'no files'
  const at = (share) => lengths[Math.min(lengths.length - 1, Math.floor(share * lengths.length))]
  const longest = at(1)
  return `${lengths.length} files, median ${at(0.5).lines}, p90 ${at(0.9).lines}, max ${longest.lines} (${longest.path})`
}

function lineCount(path) {
  const text = readFileSync(path, 'utf8')
  return text.split('\n').length - (text.endsWith('\n') ? 1 : 0)
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) say(summary(fileLengths()))
