import { dirname, relative, sep } from 'node:path'
import { ROOT } from './root.mjs'

/**
 * @typedef {{ title: string, state: 'passed' | 'failed' | 'skipped' }} Test
 * @typedef {{ file: string, tests: Test[] }} TestFile
 */

/**
 * The tests of each file of vitest's JSON report.
 *
 * @param {{ testResults: { name: string, status: string, assertionResults: { fullName: string, status: string }[] }[] }} report
 * @returns {TestFile[]}
 */
export function readResults(report) {
  return report.testResults.map(({ name, status, assertionResults }) => {
    const tests = assertionResults.map((test) => ({ title: test.fullName, state: stateOf(test.status) }))
    // A file that couldn't be loaded has no tests: it counts as one that failed.
    if (tests.length === 0 && status === 'failed') tests.push({ title: 'loads', state: 'failed' })
    return { file: relative(ROOT, name).split(sep).join('/'), tests }
  })
}

/**
 * How many tests of these files passed, failed and were skipped.
 *
 * @param {TestFile[]} files
 */
export function count(files) {
  const counts = { passed: 0, failed: 0, skipped: 0 }
  for (const { state } of files.flatMap(({ tests }) => tests)) counts[state] += 1
  return counts
}

/**
 * "N passed, N failed, N skipped"
 *
 * @param {TestFile[]} files
 */
export function countLine(files) {
  const { passed, failed, skipped } = count(files)
  return `${passed} passed, ${failed} failed, ${skipped} skipped`
}

/**
 * Files by group: unit and contract tests stand in src, each folder of tests is a group of its own.
 *
 * @param {TestFile[]} files
 */
export function byGroup(files) {
  return Object.groupBy(files, ({ file }) => {
    if (file.startsWith('src/')) return 'unit, contract'
    return dirname(file).split('/').slice(0, 2).join('/')
  })
}

function stateOf(status) {
  return status === 'passed' || status === 'failed' ? status : 'skipped'
}
