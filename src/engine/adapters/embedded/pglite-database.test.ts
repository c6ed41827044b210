import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { databaseContract, type OpenedDatabase } from '#engine/ports/database.contract.ts'
import { rowsOf } from '#engine/ports/database-samples.contract.ts'
import { openPgliteDatabase } from './pglite-database.ts'

const root = mkdtempSync(join(tmpdir(), 'sluice-pglite-'))
afterAll(() => rmSync(root, { recursive: true }))

databaseContract('PGlite', async (): Promise<OpenedDatabase> => {
  const folder = join(root, 'contract')
  let database = await openPgliteDatabase(folder)
  return {
    database,
    async reopen() {
      await database.close()
      return (database = await openPgliteDatabase(folder))
    },
    async [Symbol.asyncDispose]() {
      await database.close()
    },
  }
})

describe('one folder', { timeout: 240_000 }, () => {
  it('is refused to a second opener of this process, under any of its names', async () => {
    const folder = join(root, 'once')
    await using first = await openPgliteDatabase(folder)
    await expect(openPgliteDatabase(join(folder, '..', 'once'))).rejects.toMatchObject({ code: 'ENGINE_RUNNING' })
    await first.close()
    await first.close()
    await using second = await openPgliteDatabase(folder)
    expect(await second.tables()).toEqual([])
    await expect(first.tables()).rejects.toMatchObject({ code: 'NOT_CONNECTED' })
  })

  it('is named where Postgres can’t start on it, or it can’t be made', async () => {
    const folder = join(root, 'damaged')
    await (await openPgliteDatabase(folder)).close()
    const control = join(folder, 'global', 'pg_control')
    expect(readdirSync(folder)).toContain('global')
    truncateSync(control, 10)
    await expect(openPgliteDatabase(folder)).rejects.toMatchObject({ code: 'STORE_DAMAGED' })
    mkdirSync(join(root, 'taken'), { recursive: true })
    writeFileSync(join(root, 'taken', 'file'), '')
    const inFile = openPgliteDatabase(join(root, 'taken', 'file', 'folder'))
    await expect(inFile).rejects.toMatchObject({ code: 'FILE_UNREADABLE' })
  })

  it('has after kill -9 what was acknowledged, each record once, rows and position at one', async () => {
    const folder = join(root, 'killed')
    const acknowledged = await killWhileFiling(folder)
    expect(acknowledged).toBeGreaterThan(0)
    await using database = await openPgliteDatabase(folder)
    const position = await database.position('s', 't', 0)
    expect(position?.next).toBeGreaterThanOrEqual(acknowledged)
    const counts = await rowsOf(database, 'SELECT count(*), count(DISTINCT _offset), max(_offset) + 1 FROM filed')
    expect(counts).toEqual([[position?.next, position?.next, position?.next]])
    expect(position).toMatchObject({ in: position?.next, inserted: position?.next })
  })
})

const CHILD = `
import { openPgliteDatabase } from '#engine/adapters/embedded/pglite-database.ts'
const database = await openPgliteDatabase(process.argv[1])
const table = { name: 'filed', columns: [{ name: 'id', type: 'long' }] }
await database.ensureTable(table)
for (let first = 0; ; first += 100) {
  const offsets = Float64Array.from({ length: 100 }, (_, index) => first + index)
  const ndjson = new TextEncoder().encode(Array.from(offsets, (id) => JSON.stringify({ id })).join('\\n'))
  const at = { sink: 's', topic: 't', partition: 0, first, next: first + 100, rejected: 0, lost: 0 }
  const position = await database.insert(table, { ...at, ndjson, offsets })
  process.stdout.write(position.next + '\\n')
}`

/** Files in a child process until it has acknowledged some batches, then kills it in the midst of the next. */
async function killWhileFiling(folder: string): Promise<number> {
  const flags = ['--no-warnings', '--input-type=module-typescript', '--eval', CHILD, folder]
  const child = spawn(process.execPath, flags, { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.setEncoding('utf8')
  for await (const chunk of child.stdout) {
    output += String(chunk)
    if (output.split('\n').length > 20) child.kill('SIGKILL')
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  expect(child.signalCode).toBe('SIGKILL')
  return Math.max(0, ...output.split('\n').slice(0, -1).map(Number))
}
