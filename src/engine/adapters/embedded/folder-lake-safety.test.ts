import { execFile, execFileSync } from 'node:child_process'
import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ErrorCode } from '#contract/error-codes.ts'
import type { Lake } from '#engine/ports/lake.ts'
import { type Disk, nodeDisk } from './folder-lake-disk.ts'
import { newTmp } from './folder-lake-tmp.ts'
import { openFolderLake } from './folder-lake.ts'

const text = (value: string) => new TextEncoder().encode(value)
const failure = (code: ErrorCode, retryable = false): unknown => expect.objectContaining({ code, retryable })

let folder: string
let root: string
let secret: string
let lake: Lake

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'folder-lake-'))
  root = join(folder, 'lake')
  mkdirSync(join(folder, 'outside'))
  secret = join(folder, 'outside', 'secret')
  writeFileSync(secret, 'secret')
  lake = await openFolderLake({ root })
})

afterEach(async () => {
  await lake.close()
  rmSync(folder, { recursive: true, force: true })
})

describe('links in the lake', () => {
  beforeEach(() => {
    symlinkSync(join(folder, 'outside'), join(root, 'out'))
    symlinkSync(secret, join(root, 'file'))
    symlinkSync(join(folder, 'nowhere'), join(root, 'dangling'))
    symlinkSync(join(root, 'loop'), join(root, 'loop'))
    mkdirSync(join(root, 'inside'))
    symlinkSync(join(root, 'inside'), join(root, 'alias'))
  })

  it.each(['/out/secret', '/out', '/file', '/dangling', '/loop', '/dangling/x', '/loop/x', '/alias/x'])(
    'never reads through %s',
    async (path) => {
      await expect(lake.read(path)).rejects.toThrow(failure('PATH_REFUSED'))
      await expect(lake.open(path)).rejects.toThrow(failure('PATH_REFUSED'))
    },
  )

  it.each(['/out/new', '/dangling/new', '/alias/new', '/out/a/b'])('never writes through %s', async (path) => {
    writeFileSync(join(folder, 'local'), 'x')
    await expect(lake.create(path, text('x'))).rejects.toThrow(failure('PATH_REFUSED'))
    await expect(lake.adopt(path, join(folder, 'local'))).rejects.toThrow(failure('PATH_REFUSED'))
    await expect(lake.putIfAbsent(path, text('x'))).rejects.toThrow(failure('PATH_REFUSED'))
    await expect(lake.mkdirs(path)).rejects.toThrow(failure('PATH_REFUSED'))
    expect(readdirSync(join(folder, 'outside'))).toEqual(['secret'])
    expect(readdirSync(join(root, 'inside'))).toEqual([])
  })

  it('never writes over or to what a link at the last part points to', async () => {
    await expect(lake.create('/file', text('x'))).rejects.toThrow(failure('FILE_EXISTS'))
    await expect(lake.create('/dangling', text('x'))).rejects.toThrow(failure('FILE_EXISTS'))
    expect(await lake.putIfAbsent('/dangling', text('x')).catch(() => false)).toBe(false)
    expect(readFileSync(secret, 'utf8')).toBe('secret')
    expect(readdirSync(folder).sort()).toEqual(['lake', 'outside'])
  })

  it('never lists, measures, changes or moves through one', async () => {
    const refused = failure('PATH_REFUSED')
    await expect(lake.list('/out')).rejects.toThrow(refused)
    await expect(lake.usage('/out')).rejects.toThrow(refused)
    await expect(lake.setMode('/file', 0o777)).rejects.toThrow(refused)
    await expect(lake.setOwner('/out', 'a', 'b')).rejects.toThrow(refused)
    await expect(lake.rename('/out/secret', '/stolen')).rejects.toThrow(refused)
    await expect(lake.rename('/out', '/stolen')).rejects.toThrow(refused)
    await expect(lake.remove('/out/secret')).rejects.toThrow(refused)
    expect(readFileSync(secret, 'utf8')).toBe('secret')
  })

  it('shows none of them', async () => {
    expect((await lake.list('/')).map((entry) => entry.name)).toEqual(['inside'])
    expect(await lake.stat('/file')).toBeUndefined()
    expect(await lake.usage('/')).toEqual({ files: 0, bytes: 0 })
  })

  it('removes a link, never what it points to, alone and in a folder', async () => {
    await lake.create('/inside/x', text('x'))
    symlinkSync(join(folder, 'outside'), join(root, 'inside', 'link'))
    await lake.remove('/inside')
    await lake.remove('/out')
    expect(readFileSync(secret, 'utf8')).toBe('secret')
    expect(readdirSync(root)).not.toContain('out')
  })

  it('never reads a file for which a link was swapped in after the check', async () => {
    await lake.create('/data/x', text('x'))
    const swapping: Disk = {
      ...nodeDisk,
      openToRead: (place) => {
        if (!place.endsWith('/x')) return nodeDisk.openToRead(place)
        renameSync(join(root, 'data'), join(root, 'aside'))
        symlinkSync(join(folder, 'outside'), join(root, 'data'))
        writeFileSync(join(folder, 'outside', 'x'), 'secret')
        return nodeDisk.openToRead(place)
      },
    }
    const attacked = await openFolderLake({ root }, swapping)
    await expect(attacked.read('/data/x')).rejects.toThrow(failure('PATH_REFUSED'))
  })

  it('has a root that may itself be reached through a link', async () => {
    symlinkSync(root, join(folder, 'shortcut'))
    await using same = await openFolderLake({ root: join(folder, 'shortcut') })
    await same.create('/inside/y', text('y'))
    expect(await lake.read('/inside/y')).toEqual(Buffer.from('y'))
  })
})

it.skipIf(process.platform === 'win32')('never hangs on a FIFO, and shows none', async () => {
  execFileSync('mkfifo', [join(root, 'fifo')])
  await expect(lake.read('/fifo')).rejects.toThrow(failure('PATH_REFUSED'))
  expect(await lake.list('/')).toEqual([])
})

it('reads a file that has a second name, which a crash between the names of a rename leaves', async () => {
  await lake.create('/x', text('x'))
  linkSync(join(root, 'x'), join(root, 'y'))
  expect(await lake.read('/y')).toEqual(Buffer.from('x'))
})

it('lets nobody reach what it keeps for itself', async () => {
  for (const path of ['/.sluice-tmp', '/.sluice-tmp/x', '/.sluice-owners.json']) {
    await expect(lake.create(path, text('x'))).rejects.toThrow(failure('PATH_REFUSED'))
    await expect(lake.remove(path)).rejects.toThrow(failure('PATH_REFUSED'))
  }
  await lake.mkdirs('/data')
  await lake.setOwner('/data', 'spark', 'spark')
  expect((await lake.list('/')).map((entry) => entry.name)).toEqual(['data'])
})

describe('leftovers of a crash', () => {
  const left = () => readdirSync(join(root, '.sluice-tmp'))

  it('goes away at the next opening: those of dead processes, and those an hour old', async () => {
    const mine = await newTmp(root, nodeDisk)
    const [dead, old] = [mine.replace(`.${process.pid}.`, '.4194305.'), mine.replace(/[^/]+$/, 'elsewhere.1.abc')]
    const young = mine.replace(/[^/]+$/, 'elsewhere.1.def')
    for (const file of [mine, dead, old, young]) writeFileSync(file, 'half')
    utimesSync(old, new Date(0), new Date(0))
    await openFolderLake({ root })
    expect(left().sort()).toEqual([mine, young].map((file) => file.slice(file.lastIndexOf('/') + 1)).sort())
  })

  it('leaves nothing of a writer that was killed in mid-file, and no half file under its name', async () => {
    const script = `
      import { openFolderLake } from '#engine/adapters/embedded/folder-lake.ts'
      const lake = await openFolderLake({ root: process.argv[1] })
      await lake.create('/data/x', (async function* () { yield new Uint8Array(100); process.kill(process.pid, 'SIGKILL') })())`
    await runScript(script, root).catch(() => undefined)
    expect(left()).toHaveLength(1)
    expect(await lake.stat('/data/x')).toBeUndefined()
    await openFolderLake({ root })
    expect(left()).toEqual([])
  })

  it('keeps writing after its temporary folder was taken away', async () => {
    rmSync(join(root, '.sluice-tmp'), { recursive: true })
    await lake.create('/x', text('x'))
    expect(await lake.read('/x')).toEqual(Buffer.from('x'))
  })
})

it('lets one process of two win each name', async () => {
  await lake.mkdirs('/log')
  const script = `
    import { openFolderLake } from '#engine/adapters/embedded/folder-lake.ts'
    const lake = await openFolderLake({ root: process.argv[1] })
    for (let n = 0; n < 60; n++) {
      const mine = process.pid + ' ' + n
      if (await lake.putIfAbsent('/log/' + n, new TextEncoder().encode(mine))) console.log(mine)
    }`
  const outputs = await Promise.all([runScript(script, root), runScript(script, root)])
  const won = outputs.flatMap((output) => output.split('\n').filter((line) => line !== ''))
  const standing = Array.from({ length: 60 }, (_, n) => readFileSync(join(root, 'log', String(n)), 'utf8'))
  expect(won.sort()).toEqual(standing.sort())
})

describe('a disk that fails', () => {
  const failing = (code: string, call: keyof Disk): Disk => ({
    ...nodeDisk,
    [call]: () => Promise.reject(Object.assign(new Error(code), { code })),
  })

  it.each([
    ['ENOSPC', 'DISK_FULL', true],
    ['EDQUOT', 'DISK_FULL', true],
    ['EMFILE', 'NOT_CONNECTED', true],
    ['EIO', 'NOT_CONNECTED', true],
    ['EACCES', 'FILE_UNREADABLE', false],
    ['EROFS', 'FILE_UNREADABLE', false],
  ] as const)('says %s as %s (to be tried again: %s), naming the path', async (errno, code, retryable) => {
    const broken = await openFolderLake({ root }, failing(errno, 'writeNew'))
    const wanted: unknown = expect.objectContaining({ code, retryable, message: 'writing /data/x' })
    await expect(broken.create('/data/x', text('x'))).rejects.toThrow(wanted)
    expect(await lake.usage('/')).toEqual({ files: 0, bytes: 0 })
  })

  it('leaves no temporary file when a name cannot be given', async () => {
    const broken = await openFolderLake({ root }, failing('EIO', 'link'))
    await expect(broken.create('/x', text('x'))).rejects.toThrow(failure('NOT_CONNECTED', true))
    expect(readdirSync(join(root, '.sluice-tmp'))).toEqual([])
  })

  it('finds its own entry standing when the answer to the put before was lost', async () => {
    await lake.mkdirs('/log')
    const broken = await openFolderLake({ root }, failing('EIO', 'syncFolder'))
    await expect(broken.putIfAbsent('/log/1', text('mine'))).rejects.toThrow(failure('NOT_CONNECTED', true))
    expect(await lake.putIfAbsent('/log/1', text('mine'))).toBe(true)
  })
})

it('lists 10,000 files in less than a second', async () => {
  mkdirSync(join(root, 'many'))
  for (let i = 0; i < 10_000; i++) writeFileSync(join(root, 'many', `file-${i}`), '')
  const start = performance.now()
  expect(await lake.list('/many')).toHaveLength(10_000)
  expect(performance.now() - start).toBeLessThan(1000)
})

async function runScript(script: string, argument: string): Promise<string> {
  const options = ['--no-warnings', '--input-type=module-typescript', '-e', script, argument]
  const { stdout } = await promisify(execFile)(process.execPath, options)
  return stdout
}
