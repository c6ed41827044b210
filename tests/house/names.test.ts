import { readdirSync } from 'node:fs'
import { join, parse } from 'node:path'
import { expect, it } from 'vitest'
import { ROOT } from '#scripts/root.mjs'

/** Names that say nothing of what is in the file. */
const EMPTY_WORDS = /(^|-)(utils?|helpers?|managers?|types|common|misc|shared|stuff|base)$/

/** Words of which the design has another one for the same thing. */
const OTHER_WORDS = /(^|-)(connector|consumer|dlq|dead-letter-queue|workflow|worker|dataflow)(-|$)/

const names = ['src', 'tests', 'bench', 'scripts', 'bin'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|tsx|mjs)$/.test(entry.name))
    .map((entry) => ({
      path: join(entry.parentPath, entry.name),
      name: parse(entry.name).name.replace(/\.(test|contract)$/, ''),
    })),
)

it('there are files to judge', () => {
  expect(names.length).toBeGreaterThan(50)
})

it('no file is named for nothing', () => {
  expect(names.filter(({ name }) => EMPTY_WORDS.test(name)).map(({ path }) => path)).toEqual([])
})

it('no file bears a word that the design replaces by another', () => {
  expect(names.filter(({ name }) => OTHER_WORDS.test(name)).map(({ path }) => path)).toEqual([])
})
