import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { VERB_GROUPS } from '#cli/verbs.ts'
import { readPipeline } from '#engine/core/pipeline/read-pipeline.ts'
import { ROOT } from '#scripts/root.mjs'

const DOCUMENTS = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md'))
    .map((path) => join('docs', path)),
]

/** Files and folders of the checkout that a text names in back-quotes, or links to. */
function pathsNamed(text: string): readonly string[] {
  const quoted = [...text.matchAll(/`((?:src|docs|tests|bench|scripts|bin|resources|\.ci)\/[^`\s]*)`/g)]
  const linked = [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)]
  return [...quoted, ...linked].flatMap(([, path]) => path ?? []).filter((path) => !/[*<>{}…]|NNNN/.test(path))
}

describe.each(DOCUMENTS)('%s', (document) => {
  const text = readFileSync(join(ROOT, document), 'utf8')
  const folder = join(ROOT, document, '..')

  it('names no path that is not there', () => {
    const missing = pathsNamed(text).filter((path) => !existsSync(join(ROOT, path)) && !existsSync(join(folder, path)))
    expect(missing).toEqual([])
  })

  it('has one title, at its top', () => {
    const shown = text.replaceAll(/```[\s\S]*?```|<!--[\s\S]*?-->\s*/g, '')
    expect(shown).toMatch(/^# \S/)
    expect(shown.match(/^# /gm)).toHaveLength(1)
  })
})

it('finds a path that is not there', () => {
  expect(
    pathsNamed('see `src/nowhere.ts`, [this](docs/gone.md), [that](https://x.org), `src/engine/<name>.ts`'),
  ).toEqual(['src/nowhere.ts', 'docs/gone.md'])
})

it.each(['README.md', join('docs', 'guide.md')])('the pipelines in %s are right', (document) => {
  const text = readFileSync(join(ROOT, document), 'utf8')
  const blocks = [...text.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, yaml]) => yaml ?? '')
  expect(blocks.length).toBeGreaterThan(0)
  for (const yaml of blocks) expect(readPipeline(yaml, { file: document }).problems).toEqual([])
})

it('the change log has a place for what comes next', () => {
  expect(readFileSync(join(ROOT, 'CHANGELOG.md'), 'utf8')).toMatch(/^## \[Unreleased\]$/m)
})

it('every decision is a numbered page with its context, decision, rejected ways and figures', () => {
  const folder = join(ROOT, 'docs', 'decisions')
  const pages = readdirSync(folder).sort()
  expect(pages.map((page) => page.slice(0, 4))).toEqual(pages.map((_page, index) => String(index + 1).padStart(4, '0')))
  for (const page of pages) {
    const headings = readFileSync(join(folder, page), 'utf8').match(/^## .*$/gm)
    expect(headings, page).toEqual(['## Context', '## Decision', '## Rejected', '## Figures'])
  }
})

it('the README tells of every command', () => {
  const text = readFileSync(join(ROOT, 'README.md'), 'utf8')
  const commands = VERB_GROUPS.flatMap(({ verbs }) => verbs).filter(({ hidden }) => hidden !== true)
  const names = new Set(commands.map(({ name }) => name.split(' ')[0] ?? name))
  expect(names.size).toBeGreaterThan(10)
  expect([...names].filter((name) => !text.includes(`\`${name}`))).toEqual([])
})
