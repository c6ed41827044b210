import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isFresh, newest } from '#bin/freshness.mjs'
import { fileLengths, summary } from '#scripts/file-lengths.mjs'
import { isInstalled } from '#scripts/install.mjs'
import { ROOT } from '#scripts/root.mjs'
import { runCommand } from '#scripts/run-command.mjs'
import { byGroup, countLine, readResults } from '#scripts/test-results.mjs'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-scripts-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function put(file: string, text: string, modified = 1_000): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true })
  writeFileSync(join(folder, file), text)
  utimesSync(join(folder, file), modified, modified)
}

describe('the install step', () => {
  it('is needed without node_modules, and after the lock file has changed', () => {
    put('package-lock.json', '{}', 1_000)
    expect(isInstalled(folder)).toBe(false)
    put('node_modules/.package-lock.json', '{}', 1_000)
    expect(isInstalled(folder)).toBe(true)
    put('package-lock.json', '{}', 2_000)
    expect(isInstalled(folder)).toBe(false)
  })
})

describe('freshness', () => {
  it('finds the newest file however deep, tests left out', () => {
    put('src/a.ts', '', 1_000)
    put('src/b/c/d.ts', '', 3_000)
    put('src/b/c/d.test.ts', '', 5_000)
    put('src/ports/lake.contract.ts', '', 5_000)
    expect(newest(join(folder, 'src'))).toBe(3_000_000)
    expect(newest(join(folder, 'nowhere'))).toBe(0)
  })

  it('never calls fresh what is not there', () => {
    expect(isFresh(join(folder, 'dist.js'), join(folder, 'src'))).toBe(false)
  })
})

describe('file lengths', () => {
  it('counts lines of product files only', () => {
    put('src/a.ts', 'one\ntwo\n')
    put('src/b.ts', 'one\ntwo\nthree')
    put('src/b.test.ts', 'one\n'.repeat(50))
    expect(fileLengths(folder)).toEqual([
      { path: 'src/a.ts', lines: 2 },
      { path: 'src/b.ts', lines: 3 },
    ])
    expect(summary(fileLengths(folder))).toBe('2 files, median 3, p90 3, max 3 (src/b.ts)')
  })
})

describe('the report of npm test', () => {
  const file = (name: string, status: string, ...states: string[]) => ({
    name: join(ROOT, name),
    status,
    assertionResults: states.map((state, index) => ({ fullName: `test ${index}`, status: state })),
  })

  it('counts a file that could not be loaded as a failure', () => {
    const files = readResults({
      testResults: [file('src/a.test.ts', 'failed'), file('src/b.test.ts', 'passed', 'passed')],
    })
    expect(countLine(files)).toBe('1 passed, 1 failed, 0 skipped')
  })

  it('counts pending, todo and disabled tests as skipped', () => {
    const files = readResults({
      testResults: [file('src/a.test.ts', 'passed', 'pending', 'todo', 'skipped', 'passed')],
    })
    expect(countLine(files)).toBe('1 passed, 0 failed, 3 skipped')
  })

  it('groups tests beside the sources, and each folder of tests', () => {
    const files = readResults({
      testResults: [
        file('src/engine/a.test.ts', 'passed'),
        file('tests/faults/kill.test.ts', 'passed'),
        file('tests/house/walls.test.ts', 'passed'),
        file('tests/customers.test.ts', 'passed'),
      ],
    })
    expect(Object.keys(byGroup(files))).toEqual(['unit, contract', 'tests/faults', 'tests/house', 'tests'])
  })
})

describe('running a command', () => {
  it('gives its exit code and all that it printed', async () => {
    const command = [process.execPath, '-e', 'console.log("out"); console.error("err"); process.exit(3)']
    const { code, output, stdout } = await runCommand(command)
    expect(code).toBe(3)
    expect(stdout).toBe('out\n')
    expect(output).toContain('out\n')
    expect(output).toContain('err\n')
  })

  it('says that a command is not there', async () => {
    expect(await runCommand(['nowhere-to-be-found'])).toMatchObject({ code: 127 })
  })
})
