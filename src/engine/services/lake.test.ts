import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { folderLake } from '#engine/adapters/embedded/folder-lake.ts'
import type { Lake } from '#engine/ports/lake.ts'
import { QUIET } from '#tests/cli/quiet-log.ts'
import { createLakeService } from './lake.ts'

let lake: Lake
let local: string

beforeEach(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-lake-'))
  mkdirSync(join(folder, 'lake'))
  lake = await folderLake.open({ root: join(folder, 'lake') }, { log: QUIET })
  local = join(folder, 'local.txt')
  writeFileSync(local, 'hello')
})

afterEach(() => lake.close())

async function textOf(path: string, range: { start?: number; end?: number } = {}): Promise<string> {
  const chunks = createLakeService({ lake }).cat({ path, ...range }, new AbortController().signal)
  return Buffer.concat(await Array.fromAsync(chunks)).toString()
}

it('puts into a folder under the same name, and overwrites only when told to', async () => {
  const files = createLakeService({ lake })
  await files.mkdir('/data')
  expect((await files.put({ path: '/data/', file: local })).path).toBe('/data/local.txt')
  await expect(files.put({ path: '/data', file: local })).rejects.toMatchObject({ code: 'FILE_EXISTS' })
  writeFileSync(local, 'bye')
  await files.put({ path: '/data', file: local, force: true })
  expect(await textOf('/data/local.txt')).toBe('bye')
})

it('never takes a folder away to put a file in its place', async () => {
  const files = createLakeService({ lake })
  await files.mkdir('/data/local.txt/x')
  await expect(files.put({ path: '/data', file: local, force: true })).rejects.toMatchObject({ code: 'FILE_EXISTS' })
  expect((await files.stat('/data/local.txt/x')).kind).toBe('folder')
})

it('leaves what is there when the local file can’t be read', async () => {
  const files = createLakeService({ lake })
  await files.put({ path: '/a', file: local })
  await expect(files.put({ path: '/a', file: `${local}.gone`, force: true })).rejects.toMatchObject({
    code: 'FILE_UNREADABLE',
  })
  await expect(files.put({ path: '/a', file: tmpdir(), force: true })).rejects.toMatchObject({
    code: 'FILE_UNREADABLE',
  })
  expect(await textOf('/a')).toBe('hello')
})

it('gives the bytes of a range, cut to the file', async () => {
  await createLakeService({ lake }).put({ path: '/a', file: local })
  expect(await textOf('/a', { start: 1, end: 3 })).toBe('el')
  expect(await textOf('/a', { start: 3, end: 300 })).toBe('lo')
  expect(await textOf('/a', { start: 9 })).toBe('')
  await expect(textOf('/')).rejects.toMatchObject({ code: 'USAGE' })
})

it('moves into a folder, never over a file, never into itself', async () => {
  const files = createLakeService({ lake })
  await files.put({ path: '/a', file: local })
  await files.mkdir('/data')
  expect((await files.mv('/a', '/data')).path).toBe('/data/a')
  await files.put({ path: '/b', file: local })
  await expect(files.mv('/b', '/data/a')).rejects.toMatchObject({ code: 'FILE_EXISTS' })
  await expect(files.mv('/data', '/data/sub')).rejects.toMatchObject({ code: 'USAGE' })
  await expect(files.mv('/gone', '/data')).rejects.toMatchObject({ code: 'FILE_UNKNOWN' })
})

it('removes a folder only when told to, and the root never', async () => {
  const files = createLakeService({ lake })
  await files.put({ path: '/data/a', file: local })
  await expect(files.rm('/data', false)).rejects.toMatchObject({ code: 'USAGE' })
  await expect(files.rm('/', true)).rejects.toMatchObject({ code: 'USAGE' })
  expect(await files.rm('/data', true)).toEqual({ path: '/data', files: 1, bytes: 5 })
  expect(await files.ls('/')).toEqual([])
})

it.each(['/../x', '/a/../../x', '/a\u0000b', '/a\\..\\b'])('refuses %j before it touches anything', async (path) => {
  const files = createLakeService({ lake })
  const acts = [
    () => files.ls(path),
    () => files.mkdir(path),
    () => files.rm(path, true),
    () => files.put({ path, file: local }),
    () => textOf(path),
  ]
  for (const act of acts) {
    await expect(act()).rejects.toMatchObject({ code: 'PATH_REFUSED' })
  }
})
