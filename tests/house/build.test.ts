import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { build } from 'vite'
import manifest from '#manifest' with { type: 'json' }
import { ROOT } from '#scripts/root.mjs'

/** Inside the checkout, so that what is built finds its packages. */
const OUT = join(ROOT, '.sluice', `build-${process.pid}`)

describe('a build', { timeout: 60_000 }, () => {
  beforeAll(async () => {
    await build({ root: ROOT, configFile: join(ROOT, 'vite.config.ts'), logLevel: 'error', build: { outDir: OUT } })
  }, 60_000)
  afterAll(() => rmSync(OUT, { recursive: true, force: true }))

  const modules = (): readonly string[] =>
    readdirSync(OUT, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.js'))

  it('mirrors src, file by file', () => {
    expect(modules()).toContain(join('cli', 'index.js'))
    expect(modules()).toContain(join('engine', 'processes', 'job-process.js'))
    const strange = modules().filter((path) => !existsSync(join(ROOT, 'src', path.replace(/\.js$/, '.ts'))))
    expect(strange.filter((path) => !path.startsWith('_virtual'))).toEqual([])
  })

  it('imports nothing but its own files, Node, and what npm installs with Sluice', () => {
    const installed = Object.keys(manifest.dependencies)
    const imported = modules().flatMap((path) =>
      [...readFileSync(join(OUT, path), 'utf8').matchAll(/^(?:import|export)\b.*?from "([^"]+)";$/gm)].map(
        ([, id]) => id ?? '',
      ),
    )
    const isFine = (id: string): boolean =>
      id.startsWith('.') || id.startsWith('node:') || installed.some((name) => id === name || id.startsWith(`${name}/`))
    expect(imported.length).toBeGreaterThan(100)
    expect(imported.filter((id) => !isFine(id))).toEqual([])
  })

  it('has no fault points', () => {
    const text = readFileSync(join(OUT, 'engine', 'core', 'fault-point.js'), 'utf8')
    expect(text).toMatch(/function faultPoint\(.*\) \{\s*\}/)
  })

  it('runs', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [join(OUT, 'cli', 'index.js'), 'help'])
    expect(stdout).toContain('sluice run')
  })
})
