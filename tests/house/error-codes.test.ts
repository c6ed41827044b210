import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { ERROR_CODES } from '#contract/error-codes.ts'
import { ROOT } from '#scripts/root.mjs'

/** Codes that stand in the table before anything throws them. Take a code out of here when its first use is written. */
const FOR_LATER: readonly string[] = [
  'POSITION_LOST', // filters on Kafka
]

const THE_TABLE = join('contract', 'error-codes.ts')

/** Every text in quotes that looks like a code, by the product's files that hold it. */
function quotedNames(): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const path of readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })) {
    if (!path.endsWith('.ts') || /\.(test|contract)\.ts$/.test(path) || path === THE_TABLE) continue
    const text = readFileSync(join(ROOT, 'src', path), 'utf8')
    for (const [, name] of text.matchAll(/'([A-Z][A-Z_]+)'/g)) {
      if (name !== undefined) found.set(name, [...(found.get(name) ?? []), path])
    }
  }
  return found
}

/** The codes handed to SluiceError's constructor, by file. */
function thrownCodes(): Map<string, string> {
  const thrown = new Map<string, string>()
  for (const path of readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })) {
    if (!path.endsWith('.ts')) continue
    const text = readFileSync(join(ROOT, 'src', path), 'utf8')
    for (const [, code] of text.matchAll(/new SluiceError\(\s*'([^']+)'/g)) {
      if (code !== undefined) thrown.set(code, path)
    }
  }
  return thrown
}

it('finds the codes that are thrown', () => {
  expect([...thrownCodes().keys()]).toContain('TOPIC_UNKNOWN')
})

it('every code that is thrown has a row with its cause and remedy', () => {
  const rows = new Set(Object.keys(ERROR_CODES))
  expect([...thrownCodes()].filter(([code]) => !rows.has(code))).toEqual([])
})

it('every row is of use somewhere, or is listed as one for later', () => {
  const used = quotedNames()
  expect(Object.keys(ERROR_CODES).filter((code) => !used.has(code) && !FOR_LATER.includes(code))).toEqual([])
})

it('no code listed for later is in use already', () => {
  const used = quotedNames()
  expect(FOR_LATER.filter((code) => used.has(code) || !(code in ERROR_CODES))).toEqual([])
})

it.each(Object.entries(ERROR_CODES))('%s tells its cause and what to do now in whole sentences', (_code, entry) => {
  expect(entry.cause).toMatch(/^[A-Z].*\.$/)
  expect(entry.remedy).toMatch(/^(`|[A-Z]).*\.$/)
})
