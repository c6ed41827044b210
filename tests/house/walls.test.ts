import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findBreaches } from '#scripts/boundaries.mjs'

/** Files of a toy house that every plant may point at. */
const GROUND = [
  'src/contract/ground.ts',
  'src/engine/core/ground.ts',
  'src/engine/ports/ground.ts',
  'src/engine/adapters/embedded/ground.ts',
  'src/engine/producers/ground.ts',
  'src/engine/jobs/ground.ts',
  'src/engine/services/ground.ts',
  'src/engine/engine.ts',
  'src/rpc/ground.ts',
  'src/cli/ground.ts',
  'src/renderer/features/lag/ground.ts',
  'src/engine/core/ground.test.ts',
]

/** A forbidden import: the file that has it, what it imports, the rule that must find it. */
const PLANTS = [
  ['src/contract/a.ts', '#engine/core/ground.ts', 'contract-imports-its-ground-only'],
  ['src/engine/core/a.ts', '#engine/ports/ground.ts', 'core-imports-its-ground-only'],
  ['src/engine/core/b.ts', 'node:fs', 'node-stays-out-of-core'],
  ['src/engine/core/bare.ts', 'fs', 'node-stays-out-of-core'],
  ['src/contract/b.ts', 'node:path', 'node-stays-out-of-core'],
  ['src/renderer/a.ts', 'node:os', 'node-stays-out-of-core'],
  ['src/engine/ports/a.ts', '#engine/adapters/embedded/ground.ts', 'ports-imports-its-ground-only'],
  ['src/engine/adapters/embedded/a.ts', '#engine/services/ground.ts', 'adapters-imports-its-ground-only'],
  ['src/engine/producers/a.ts', '#engine/jobs/ground.ts', 'producers-imports-its-ground-only'],
  ['src/engine/jobs/a.ts', '#engine/adapters/embedded/ground.ts', 'jobs-imports-its-ground-only'],
  ['src/engine/services/a.ts', '#engine/adapters/embedded/ground.ts', 'services-imports-its-ground-only'],
  ['src/engine/engine-api.ts', '#engine/services/ground.ts', 'api-imports-its-ground-only'],
  ['src/engine/processes/a.ts', '#rpc/ground.ts', 'engine-imports-its-ground-only'],
  ['src/rpc/a.ts', '#cli/ground.ts', 'rpc-imports-its-ground-only'],
  ['src/cli/a.ts', '#engine/jobs/ground.ts', 'cli-imports-its-ground-only'],
  ['src/main/a.ts', '#engine/adapters/embedded/ground.ts', 'main-imports-its-ground-only'],
  ['src/web/a.ts', '#engine/services/ground.ts', 'web-imports-its-ground-only'],
  ['src/preload/a.ts', '#engine/engine.ts', 'preload-imports-its-ground-only'],
  ['src/renderer/b.ts', '#engine/core/ground.ts', 'renderer-imports-its-ground-only'],
  ['src/renderer/features/topics/a.ts', './../lag/ground.ts', 'features-stay-apart'],
  ['src/renderer/ui/a.ts', './../features/lag/ground.ts', 'ui-knows-no-feature'],
  ['src/engine/jobs/b.ts', '../../engine/core/ground.ts', 'no-parent-imports'],
  ['src/engine/core/c.ts', './ground.test.ts', 'tests-are-not-imported'],
  ['src/engine/core/round.ts', './round.ts', 'no-cycles'],
  ['src/engine/core/e.ts', '#engine/core/nowhere.ts', 'imports-resolve'],
  ['src/engine/jobs/c.ts', '@duckdb/node-api', 'duckdb-node-api-has-one-home'],
  ['src/engine/adapters/embedded/sqlite-a.ts', '@electric-sql/pglite', 'electric-sql-pglite-has-one-home'],
  ['src/engine/services/b.ts', 'node:sqlite', 'node-sqlite-has-one-home'],
  ['src/engine/adapters/embedded/b.ts', 'kafkajs', 'kafkajs-has-one-home'],
  ['src/engine/adapters/cluster/kafka-a.ts', 'webhdfs', 'webhdfs-has-one-home'],
  ['src/engine/adapters/cluster/kafka-b.ts', 'hive-driver', 'hive-driver-has-one-home'],
  ['src/engine/adapters/cluster/kafka-c.ts', 'pg', 'pg-has-one-home'],
  ['src/engine/adapters/cluster/kafka-d.ts', 'dockerode', 'dockerode-has-one-home'],
  ['src/engine/adapters/cluster/kafka-e.ts', 'aws4fetch', 'aws4fetch-has-one-home'],
  ['src/engine/jobs/d.ts', 'parquetjs-lite', 'parquetjs-lite-has-one-home'],
  ['src/engine/jobs/e.ts', '@faker-js/faker', 'faker-js-faker-has-one-home'],
  ['src/cli/b.ts', 'yaml', 'yaml-has-one-home'],
  ['src/cli/c.ts', 'pino', 'pino-has-one-home'],
  ['src/cli/d.ts', '@orpc/server/ws', 'orpc-server-has-one-home'],
  ['src/engine/jobs/f.ts', '@orpc/contract', 'orpc-contract-has-one-home'],
  ['src/engine/jobs/g.ts', '@orpc/client', 'orpc-client-has-one-home'],
  ['src/cli/e.ts', 'ws', 'ws-has-one-home'],
  ['src/rpc/b.ts', 'citty', 'citty-has-one-home'],
  ['src/rpc/c.ts', 'electron', 'electron-has-one-home'],
  ['src/cli/f.ts', 'react', 'react-has-one-home'],
  ['src/cli/g.ts', '@mantine/core', 'mantine-has-one-home'],
] as const

/** Every form of an import, each of node:fs in core. (Of `import('…')` in a type the cruise is blind: lint refuses it.) */
const FORMS = {
  'import-type': `import type { Stats } from 'node:fs'\nexport type S = Stats\n`,
  'export-all': `export * from 'node:fs'\n`,
  'export-named': `export { readFileSync } from 'node:fs'\n`,
  'import-effect': `import 'node:fs'\n`,
  dynamic: `export const fs = () => import('node:fs')\n`,
  'after-using': `export async function f(x: AsyncDisposable) {\n  await using y = x\n  return [y, await import('node:fs')]\n}\n`,
  'in-using': `export class A {\n  async m() {\n    using y = (await import('node:fs')).opendirSync('.')\n    return y\n  }\n}\n`,
}

describe('the walls', () => {
  let house = ''
  let breaches: readonly string[] = []

  beforeAll(async () => {
    house = mkdtempSync(join(tmpdir(), 'sluice-walls-'))
    put(
      'package.json',
      JSON.stringify({
        type: 'module',
        imports: {
          '#contract/*': './src/contract/*',
          '#engine/*': './src/engine/*',
          '#rpc/*': './src/rpc/*',
          '#cli/*': './src/cli/*',
        },
      }),
    )
    for (const file of GROUND) put(file, 'export const ground = 1\n')
    for (const [file, target] of PLANTS)
      put(file, `import * as planted from '${target}'\nexport const used = planted\n`)
    for (const [form, text] of Object.entries(FORMS)) put(`src/engine/core/form-${form}.ts`, text)
    breaches = (await findBreaches(house)).breaches
  })
  afterAll(() => rmSync(house, { recursive: true }))

  function put(file: string, text: string) {
    mkdirSync(dirname(join(house, file)), { recursive: true })
    writeFileSync(join(house, file), text)
  }

  it.each(PLANTS)('find that %s imports %s (%s)', (file, _target, rule) => {
    expect(breaches.filter((breach) => breach.startsWith(`${rule}: ${file} →`))).not.toEqual([])
  })

  it.each(Object.keys(FORMS))('find an import in the form %s', (form) => {
    expect(breaches).toContain(`node-stays-out-of-core: src/engine/core/form-${form}.ts → fs`)
  })

  it('let the ground alone', () => {
    expect(breaches.filter((breach) => /: \S*ground\.ts →/.test(breach))).toEqual([])
  })
})

describe('the house itself', () => {
  it('is read whole, its imports leading to files and packages, and breaks no wall', { timeout: 60_000 }, async () => {
    const { breaches, cruised, sources, resolved } = await findBreaches()
    expect(breaches).toEqual([])
    expect(cruised).toBeGreaterThanOrEqual(sources)
    expect(resolved).toContain('src/engine/core/batch.ts')
    expect(resolved.some((path) => path.startsWith('node_modules/@duckdb/node-api/'))).toBe(true)
  })
})
