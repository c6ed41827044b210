import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ErrorCode } from '#contract/error-codes.ts'
import type { Lake } from './lake.ts'

export interface OpenedLake {
  readonly lake: Lake
  /** The same lake, opened once more beside the first. */
  open(): Promise<Lake>
  /** Takes the lake away. */
  done(): Promise<void>
}

const text = (value: string) => new TextEncoder().encode(value)
const failure = (code: ErrorCode): unknown => expect.objectContaining({ code })

/** What every lake promises. `open` gives an empty one each time. */
export function lakeContract(name: string, open: () => Promise<OpenedLake>): void {
  describe(`lake: ${name}`, () => {
    let opened: OpenedLake
    let lake: Lake
    let local: string

    beforeEach(async () => {
      opened = await open()
      lake = opened.lake
      local = await mkdtemp(join(tmpdir(), 'lake-contract-'))
    })

    afterEach(async () => {
      await lake.close()
      await opened.done()
      await rm(local, { recursive: true, force: true })
    })

    const readText = async (path: string) => new TextDecoder().decode(await lake.read(path))
    const names = async (path: string) => (await lake.list(path)).map((entry) => entry.name)
    const localFile = async (value: string) => {
      const file = join(local, `local-${value.length}-${Math.random()}`)
      await writeFile(file, value)
      return file
    }
    const bytesOf = async (path: string, range?: { start: number; end: number }) => {
      const chunks: Uint8Array[] = []
      for await (const chunk of await lake.open(path, range)) chunks.push(chunk)
      return Buffer.concat(chunks).toString()
    }

    describe('reading', () => {
      it('gives back the bytes that were created, whole and by range', async () => {
        await lake.create('/a/b.txt', text('0123456789'))
        expect(await readText('/a/b.txt')).toBe('0123456789')
        expect(await bytesOf('/a/b.txt')).toBe('0123456789')
        expect(await bytesOf('/a/b.txt', { start: 2, end: 5 })).toBe('234')
        expect(await bytesOf('/a/b.txt', { start: 8, end: 50 })).toBe('89')
        expect(await bytesOf('/a/b.txt', { start: 50, end: 60 })).toBe('')
      })

      it('gives back a large file that came in pieces', async () => {
        const piece = new Uint8Array(1_000_003).fill(7)
        await lake.create(
          '/large',
          (async function* () {
            for (let i = 0; i < 5; i++) yield piece
          })(),
        )
        let bytes = 0
        for await (const chunk of await lake.open('/large')) bytes += chunk.filter((byte) => byte === 7).length
        expect(bytes).toBe(5 * 1_000_003)
      })

      it('may be left in the middle of a file', async () => {
        await lake.create('/large', new Uint8Array(3_000_000))
        for await (const chunk of await lake.open('/large')) {
          expect(chunk.length).toBeGreaterThan(0)
          break
        }
        await lake.remove('/large')
      })

      it('holds empty files', async () => {
        await lake.create('/empty', new Uint8Array())
        expect(await lake.read('/empty')).toHaveLength(0)
        expect(await bytesOf('/empty')).toBe('')
        expect(await lake.stat('/empty')).toMatchObject({ bytes: 0, kind: 'file' })
      })

      it('says FILE_UNKNOWN for files and folders that are not there, and for the wrong kind', async () => {
        await lake.create('/a/file', text('x'))
        await expect(lake.read('/a/none')).rejects.toThrow(failure('FILE_UNKNOWN'))
        await expect(lake.open('/none/none')).rejects.toThrow(failure('FILE_UNKNOWN'))
        await expect(lake.list('/none')).rejects.toThrow(failure('FILE_UNKNOWN'))
        await expect(lake.list('/a/file')).rejects.toThrow(failure('FILE_UNKNOWN'))
        await expect(lake.read('/a')).rejects.toThrow(failure('FILE_UNKNOWN'))
        await expect(lake.usage('/none')).rejects.toThrow(failure('FILE_UNKNOWN'))
      })
    })

    describe('listing', () => {
      it('lists files and folders by name, with what is known of each', async () => {
        const before = Date.now()
        await lake.create('/data/b.txt', text('12345'))
        await lake.mkdirs('/data/a')
        await lake.create('/data/ü ?#%41.txt', text('x'))
        const [a, b, third] = await lake.list('/data')
        expect(a).toMatchObject({ name: 'a', path: '/data/a', kind: 'folder', bytes: 0 })
        expect(b).toMatchObject({ name: 'b.txt', path: '/data/b.txt', kind: 'file', bytes: 5 })
        expect(third).toMatchObject({ name: 'ü ?#%41.txt', kind: 'file' })
        expect(b?.modified).toBeGreaterThan(before - 60_000)
        expect(b?.owner).not.toBe('')
        expect(b?.mode).toBeGreaterThan(0)
      })

      it('lists the root, of an empty lake too', async () => {
        expect(await lake.list('/')).toEqual([])
        await lake.create('/data/x', text('x'))
        expect(await names('/')).toEqual(['data'])
        expect(await lake.stat('/')).toMatchObject({ path: '/', kind: 'folder' })
      })

      it('takes a slash at the end of a path for the folder', async () => {
        await lake.create('/data/x', text('x'))
        expect(await names('/data/')).toEqual(['x'])
        expect(await lake.stat('/data/')).toMatchObject({ path: '/data' })
      })

      it('answers undefined for the stat of nothing, also below a file', async () => {
        await lake.create('/file', text('x'))
        expect(await lake.stat('/none/none')).toBeUndefined()
        expect(await lake.stat('/file/below')).toBeUndefined()
      })

      it('counts files and bytes below a path', async () => {
        await lake.create('/data/a', text('123'))
        await lake.create('/data/b/c', text('4567'))
        expect(await lake.usage('/data')).toEqual({ files: 2, bytes: 7 })
        expect(await lake.usage('/data/a')).toEqual({ files: 1, bytes: 3 })
        expect(await lake.usage('/')).toEqual({ files: 2, bytes: 7 })
      })

      it('shows nothing of a file that is still being written', async () => {
        const waiting = Promise.withResolvers<void>()
        const written = lake.create(
          '/data/slow',
          (async function* () {
            yield text('half')
            await waiting.promise
            yield text('whole')
          })(),
        )
        await lake.mkdirs('/data')
        expect(await names('/data')).toEqual([])
        expect(await names('/')).toEqual(['data'])
        expect(await lake.usage('/')).toEqual({ files: 0, bytes: 0 })
        waiting.resolve()
        await written
        expect(await readText('/data/slow')).toBe('halfwhole')
      })

      it('is seen at once by another that has the lake open', async () => {
        await using other = await opened.open()
        await lake.create('/data/x', text('x'))
        expect((await other.list('/data')).map((entry) => entry.name)).toEqual(['x'])
      })
    })

    describe('creating', () => {
      it('never overwrites a file or a folder', async () => {
        await lake.create('/data/x', text('first'))
        await expect(lake.create('/data/x', text('second'))).rejects.toThrow(failure('FILE_EXISTS'))
        await expect(lake.create('/data', text('second'))).rejects.toThrow(failure('FILE_EXISTS'))
        expect(await readText('/data/x')).toBe('first')
      })

      it('never makes a folder where a file is', async () => {
        await lake.create('/file', text('x'))
        await expect(lake.create('/file/below', text('x'))).rejects.toThrow(failure('FILE_EXISTS'))
        await expect(lake.mkdirs('/file')).rejects.toThrow(failure('FILE_EXISTS'))
        await expect(lake.mkdirs('/file/below')).rejects.toThrow(failure('FILE_EXISTS'))
      })

      it('leaves nothing when the content fails on its way', async () => {
        const content = (async function* () {
          yield text('half')
          throw new Error('the source went away')
        })()
        await expect(lake.create('/data/x', content)).rejects.toThrow(failure('INTERNAL'))
        expect(await lake.stat('/data/x')).toBeUndefined()
        expect(await lake.usage('/')).toEqual({ files: 0, bytes: 0 })
      })

      it('lets one of many creators of a name win', async () => {
        const tries = await Promise.allSettled(
          Array.from({ length: 10 }, (_, i) => lake.create('/data/x', text(`${i}`))),
        )
        const won = tries.flatMap((result, i) => (result.status === 'fulfilled' ? [i] : []))
        expect(won).toHaveLength(1)
        expect(await readText('/data/x')).toBe(`${won[0]}`)
      })

      it('makes folders with their parents, again and again', async () => {
        await lake.mkdirs('/a/b/c')
        await lake.mkdirs('/a/b/c')
        expect(await lake.stat('/a/b/c')).toMatchObject({ kind: 'folder' })
      })

      it('adopts a local file, which is gone afterwards', async () => {
        const file = await localFile('content')
        await lake.adopt('/data/dt=1/x', file)
        expect(await readText('/data/dt=1/x')).toBe('content')
        await expect(lake.adopt('/data/dt=1/y', file)).rejects.toThrow(failure('FILE_UNKNOWN'))
      })

      it('adopts over nothing, and the local file stays then', async () => {
        const file = await localFile('second')
        await lake.create('/data/x', text('first'))
        await expect(lake.adopt('/data/x', file)).rejects.toThrow(failure('FILE_EXISTS'))
        expect(await readText('/data/x')).toBe('first')
        await lake.adopt('/data/y', file)
        expect(await readText('/data/y')).toBe('second')
      })
    })

    describe('putting if absent', () => {
      it('puts a file where none is, and says so', async () => {
        await lake.mkdirs('/log')
        expect(await lake.putIfAbsent('/log/1', text('mine'))).toBe(true)
        expect(await readText('/log/1')).toBe('mine')
      })

      it('leaves what was there first, and says so', async () => {
        await lake.mkdirs('/log')
        await lake.putIfAbsent('/log/1', text('theirs'))
        expect(await lake.putIfAbsent('/log/1', text('mine'))).toBe(false)
        expect(await readText('/log/1')).toBe('theirs')
        expect(await names('/log')).toEqual(['1'])
      })

      it('says true again for the very content that stands: a lost answer is settled by reading', async () => {
        await lake.mkdirs('/log')
        expect(await lake.putIfAbsent('/log/1', text('mine'))).toBe(true)
        expect(await lake.putIfAbsent('/log/1', text('mine'))).toBe(true)
      })

      it('never founds a folder that a reset took away', async () => {
        await expect(lake.putIfAbsent('/log/1', text('mine'))).rejects.toThrow(failure('FILE_UNKNOWN'))
        expect(await lake.stat('/log')).toBeUndefined()
      })

      it('lets one of many win each name, through several openings', async () => {
        await using other = await opened.open()
        await lake.mkdirs('/log')
        for (let n = 0; n < 10; n++) {
          const put = (by: Lake, who: string) => by.putIfAbsent(`/log/${n}`, text(who))
          const won = await Promise.all([put(lake, 'a'), put(other, 'b'), put(lake, 'c'), put(other, 'd')])
          expect(won.filter(Boolean)).toHaveLength(1)
          expect(await readText(`/log/${n}`)).toBe('abcd'[won.indexOf(true)])
        }
      })
    })

    describe('moving and removing', () => {
      it('moves a file, making the parents of its new place', async () => {
        await lake.create('/tmp/x', text('x'))
        await lake.rename('/tmp/x', '/data/dt=1/hour=2/y')
        expect(await readText('/data/dt=1/hour=2/y')).toBe('x')
        expect(await lake.stat('/tmp/x')).toBeUndefined()
      })

      it('moves a folder with all in it', async () => {
        await lake.create('/run.tmp/a/b', text('x'))
        await lake.rename('/run.tmp', '/results/v1')
        expect(await readText('/results/v1/a/b')).toBe('x')
        expect(await lake.stat('/run.tmp')).toBeUndefined()
      })

      it('never moves onto a file or a folder, an empty one neither', async () => {
        await lake.create('/x', text('x'))
        await lake.create('/y', text('y'))
        await lake.mkdirs('/empty')
        await lake.mkdirs('/folder')
        await expect(lake.rename('/x', '/y')).rejects.toThrow(failure('FILE_EXISTS'))
        await expect(lake.rename('/x', '/empty')).rejects.toThrow(failure('FILE_EXISTS'))
        await expect(lake.rename('/folder', '/empty')).rejects.toThrow(failure('FILE_EXISTS'))
        await expect(lake.rename('/x', '/x')).rejects.toThrow(failure('FILE_EXISTS'))
        expect(await readText('/y')).toBe('y')
        expect(await readText('/x')).toBe('x')
      })

      it('says FILE_UNKNOWN when there is nothing to move, and makes nothing', async () => {
        await expect(lake.rename('/none', '/data/x')).rejects.toThrow(failure('FILE_UNKNOWN'))
        expect(await names('/')).toEqual([])
      })

      it('never moves a folder into itself', async () => {
        await lake.create('/a/x', text('x'))
        await expect(lake.rename('/a', '/a/b/c')).rejects.toThrow(failure('PATH_REFUSED'))
        expect(await readText('/a/x')).toBe('x')
      })

      it('lets one of several movers of a file win', async () => {
        await using other = await opened.open()
        await lake.create('/x', text('x'))
        const moves = await Promise.allSettled([lake.rename('/x', '/to/a'), other.rename('/x', '/to/b')])
        const standing = (await lake.usage('/')).files
        expect(moves.some(({ status }) => status === 'fulfilled')).toBe(true)
        expect(standing).toBeGreaterThanOrEqual(1)
        expect(await lake.stat('/x')).toBeUndefined()
      })

      it('removes files, folders with all in them, and what is not there', async () => {
        await lake.create('/a/b/c', text('x'))
        await lake.remove('/a/b/c')
        await lake.remove('/a/b/c')
        await lake.create('/a/d', text('x'))
        await lake.remove('/a')
        await lake.remove('/a/never/was')
        expect(await names('/')).toEqual([])
      })
    })

    describe('owners and modes', () => {
      it('sets and shows a mode', async () => {
        await lake.mkdirs('/user/spark')
        await lake.setMode('/user/spark', 0o755)
        expect(await lake.stat('/user/spark')).toMatchObject({ mode: 0o755 })
        await lake.setMode('/user/spark', 0o700)
        expect(await lake.stat('/user/spark')).toMatchObject({ mode: 0o700 })
        await expect(lake.setMode('/none', 0o700)).rejects.toThrow(failure('FILE_UNKNOWN'))
        await expect(lake.setMode('/user/spark', 0o7777)).rejects.toThrow(failure('USAGE'))
      })

      it('sets and shows an owner and a group, which go with the file', async () => {
        await lake.create('/user/spark/x', text('x'))
        await lake.setOwner('/user/spark', 'spark', 'analysts')
        expect(await lake.stat('/user/spark')).toMatchObject({ owner: 'spark', group: 'analysts' })
        expect((await lake.list('/user'))[0]).toMatchObject({ owner: 'spark', group: 'analysts' })
        await lake.rename('/user/spark', '/user/moved')
        expect(await lake.stat('/user/moved')).toMatchObject({ owner: 'spark' })
        await lake.remove('/user/moved')
        await lake.mkdirs('/user/moved')
        expect((await lake.stat('/user/moved'))?.owner).not.toBe('spark')
        await expect(lake.setOwner('/none', 'a', 'b')).rejects.toThrow(failure('FILE_UNKNOWN'))
      })
    })

    describe('paths', () => {
      const hostile = [
        '',
        'x',
        '../x',
        '/../x',
        '/a/../../x',
        '/a//b',
        '/a\\..\\b',
        '/%2e%2e/x',
        '/a\0b',
        '/．．/x',
        '/a:b',
      ]

      it.each(hostile)('refuses %j in every call', async (path) => {
        const refused = failure('PATH_REFUSED')
        await expect(lake.list(path)).rejects.toThrow(refused)
        await expect(lake.stat(path)).rejects.toThrow(refused)
        await expect(lake.open(path)).rejects.toThrow(refused)
        await expect(lake.read(path)).rejects.toThrow(refused)
        await expect(lake.create(path, text('x'))).rejects.toThrow(refused)
        await expect(lake.adopt(path, await localFile('x'))).rejects.toThrow(refused)
        await expect(lake.putIfAbsent(path, text('x'))).rejects.toThrow(refused)
        await expect(lake.rename(path, '/y')).rejects.toThrow(refused)
        await expect(lake.remove(path)).rejects.toThrow(refused)
        await expect(lake.mkdirs(path)).rejects.toThrow(refused)
        await expect(lake.setMode(path, 0o700)).rejects.toThrow(refused)
        await expect(lake.setOwner(path, 'a', 'b')).rejects.toThrow(refused)
        await expect(lake.usage(path)).rejects.toThrow(refused)
        expect(await names('/')).toEqual([])
      })

      it('never moves to a path outside, and never removes or writes the root', async () => {
        await lake.create('/x', text('x'))
        await expect(lake.rename('/x', '/../y')).rejects.toThrow(failure('PATH_REFUSED'))
        await expect(lake.remove('/')).rejects.toThrow(failure('PATH_REFUSED'))
        await expect(lake.create('/', text('x'))).rejects.toThrow(failure('PATH_REFUSED'))
        await expect(lake.rename('/x', '/')).rejects.toThrow(failure('PATH_REFUSED'))
        expect(await readText('/x')).toBe('x')
      })
    })

    it('closes as often as it is asked to', async () => {
      await lake.close()
      expect(await lake.close()).toBeUndefined()
    })
  })
}
