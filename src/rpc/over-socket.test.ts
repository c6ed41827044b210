import { existsSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import type { Client } from '#contract/contract.ts'
import { isSluiceError, type SluiceError } from '#engine/core/sluice-error.ts'
import { openEngineDouble } from '#tests/cli/engine-double.ts'
import { localClient } from './client.ts'
import { connect } from './connect.ts'
import { serve } from './serve.ts'
import { findSocket } from './socket-path.ts'

const open: AsyncDisposable[] = []

afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one[Symbol.asyncDispose]()
})

function kept<T extends AsyncDisposable>(one: T): T {
  open.push(one)
  return one
}

function freshHome(): string {
  return join(mkdtempSync(join(tmpdir(), 'sluice-rpc-')), 'home')
}

async function served(home = freshHome()) {
  const calls: string[] = []
  const engine = kept(await openEngineDouble({ home, resume: false, openedBy: 'test' }, { calls }))
  const asked: string[] = []
  const door = kept(await serve({ home, engine, shutdown: () => asked.push('shutdown') }))
  return { home, engine, door, calls, asked }
}

async function connected(home: string) {
  const connection = await connect(home)
  if (!connection) throw new Error('no engine answers')
  return kept(connection)
}

async function failureOf(act: Promise<unknown>): Promise<SluiceError> {
  const error = await act.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!isSluiceError(error)) throw new Error(`no SluiceError: ${String(error)}`)
  return error
}

const ways: [string, () => Promise<{ client: Client; calls: string[]; asked: string[] }>][] = [
  [
    'over a socket',
    async () => {
      const { home, ...rest } = await served()
      return { ...rest, client: (await connected(home)).client }
    },
  ],
  [
    'in one process',
    async () => {
      const { engine, calls, asked } = await served()
      return { client: localClient({ engine, shutdown: () => asked.push('shutdown') }), calls, asked }
    },
  ],
]

describe.each(ways)('a client %s', (_, openClient) => {
  it('gets what the engine answers', async () => {
    const { client } = await openClient()
    expect((await client.engine.info()).pid).toBe(process.pid)
    expect((await client.pipelines.list()).map(({ name }) => name)).toEqual(['demo', 'endless', 'broken'])
  })

  it('gets an error with its code, message, remedy and place', async () => {
    const { client } = await openClient()
    const unknown = await failureOf(client.pipelines.start({ pipeline: 'nope' }))
    expect(unknown).toMatchObject({ code: 'PIPELINE_UNKNOWN', message: 'No pipeline has this name (starting nope).' })
    const wrong = await failureOf(Array.fromAsync(await client.sql.query({ sql: 'wrong' })))
    expect(wrong).toMatchObject({ code: 'SQL_FAILED', place: { line: 1, column: 8 } })
    expect(wrong.remedy).toBe('Mend it at the place named.')
  })

  it('is told in words what of its request the contract refuses', async () => {
    const { client } = await openClient()
    const error = await failureOf(client.topics.create({ topic: 'a b', partitions: 0 }))
    expect(error.code).toBe('USAGE')
    expect(error.message).toContain('partitions')
    expect(error.message).toContain('topic: letters, digits')
  })

  it('gets a stream to its end', async () => {
    const { client } = await openClient()
    await client.pipelines.start({ pipeline: 'demo' })
    const seen = await Array.fromAsync(await client.pipelines.waitIdle({ name: 'demo' }))
    expect(seen.at(-1)?.ledger.producers['simulator']?.produced).toBe(100)
  })

  it('ends the work behind a stream when it leaves its loop', async () => {
    const { client, calls } = await openClient()
    for await (const line of await client.pipelines.logs({ follow: true })) {
      expect(line.message).toContain('line 0')
      break
    }
    await expect.poll(() => calls).toContain('logs ended')
  })

  it('ends a query that waits when its signal aborts, within a second', async () => {
    const { client, calls } = await openClient()
    const cancel = new AbortController()
    const rows = Array.fromAsync(await client.sql.query({ sql: 'forever' }, { signal: cancel.signal }))
    setTimeout(() => cancel.abort(), 50)
    await expect(rows).rejects.toBeDefined()
    await expect.poll(() => calls, { timeout: 1000 }).toContain('query cancelled')
  })

  it('ends a stream that waits for its next item when it is left, at once', async () => {
    const { client, calls } = await openClient()
    const stream = await client.sql.query({ sql: 'forever' })
    const next = stream.next().catch(() => undefined)
    await sleep(30)
    await stream.return?.()
    await next
    await expect.poll(() => calls, { timeout: 1000 }).toContain('query cancelled')
  })

  it('reads what it has appended, and the lake', async () => {
    const { client } = await openClient()
    await client.topics.create({ topic: 'things', partitions: 3 })
    const records = ['a', 'b', 'c', 'd'].map((key) => ({ key, value: JSON.stringify({ name: key }) }))
    expect((await client.topics.produce({ topic: 'things', records })).count).toBe(4)
    const pages = await Array.fromAsync(await client.topics.tail({ topic: 'things', from: 'beginning', n: 4 }))
    expect(new Set(pages.flatMap((page) => page.records.map(({ key }) => key)))).toEqual(new Set(['a', 'b', 'c', 'd']))
    const file = join(mkdtempSync(join(tmpdir(), 'sluice-put-')), 'big')
    const bytes = Buffer.alloc(1_000_003, 'sluice ')
    writeFileSync(file, bytes)
    await client.files.put({ path: '/a/big', file })
    const chunks = await Array.fromAsync(await client.files.cat({ path: '/a/big' }))
    expect(Buffer.concat(chunks.map(({ base64 }) => Buffer.from(base64, 'base64'))).equals(bytes)).toBe(true)
  })

  it('may ask the engine to end', async () => {
    const { client, asked } = await openClient()
    expect(await client.engine.shutdown()).toEqual({ pid: process.pid })
    await expect.poll(() => asked).toEqual(['shutdown'])
  })
})

it('makes the source of a stream wait for a slow reader, and no other call', async () => {
  const { home, calls } = await served()
  const { client } = await connected(home)
  const stream = await client.pipelines.logs({ follow: true })
  await stream.next()
  await sleep(300)
  const waiting = calls.length
  await sleep(300)
  // 10 KB a line: what fits between them is the socket's buffers and a few hundred lines at most.
  expect(calls.length - waiting).toBeLessThan(5)
  expect(calls.length).toBeLessThan(1000)
  expect((await client.engine.info()).engine).toBe('embedded')
  for (let line = 1; line < waiting + 50; line++) {
    expect(JSON.stringify(await stream.next())).toContain(`line ${line} `)
  }
  await stream.return?.()
  await expect.poll(() => calls.at(-1)).toBe('logs ended')
})

it('finds no engine where none runs, nor where a dead one left its socket', async () => {
  const home = freshHome()
  expect(await connect(home)).toBeUndefined()
  const { door } = await served(home)
  const path = findSocket(home) ?? ''
  await door.close()
  expect(existsSync(path)).toBe(false)
  const left = createServer().listen(path)
  await new Promise((resolve) => left.once('listening', resolve))
  // The file of a socket whose process was killed: there, and nobody listens.
  const { rename } = await import('node:fs/promises')
  await rename(path, `${path}.kept`)
  await new Promise((resolve) => left.close(resolve))
  await rename(`${path}.kept`, path)
  expect(await connect(home)).toBeUndefined()
})

it('replaces the socket that a dead engine left', async () => {
  const home = freshHome()
  const { door, engine } = await served(home)
  await door.close()
  writeFileSync(join(home, 'engine.sock'), '')
  kept(await serve({ home, engine, shutdown: () => undefined }))
  expect((await (await connected(home)).client.engine.info()).home).toBe(home)
})

it('lets only the user in', async () => {
  const { home } = await served()
  expect(statSync(findSocket(home) ?? '').mode & 0o777).toBe(0o600)
  expect(statSync(home).mode & 0o777).toBe(0o700)
})

it('listens in a private folder, noted beside the lock, where the path is too long for a socket', async () => {
  const home = join(freshHome(), 'x'.repeat(60), 'y'.repeat(60))
  const { door } = await served(home)
  const path = findSocket(home) ?? ''
  expect(Buffer.byteLength(path)).toBeLessThanOrEqual(100)
  expect(readFileSync(join(home, 'engine.socket'), 'utf8')).toBe(path)
  expect(statSync(dirname(path)).mode & 0o777).toBe(0o700)
  expect((await (await connected(home)).client.engine.info()).home).toBe(home)
  await door.close()
  expect(existsSync(dirname(path))).toBe(false)
  expect(existsSync(join(home, 'engine.socket'))).toBe(false)
})

it('says that the engine went away when it does in mid-answer', async () => {
  const { home, door } = await served()
  const connection = await connected(home)
  const rows = failureOf(
    (async () => {
      for await (const page of await connection.client.sql.query({ sql: 'forever' })) void page
    })(),
  )
  await sleep(50)
  await door.close()
  expect((await rows).code).toBe('NOT_CONNECTED')
  await connection.closed
  expect((await failureOf(connection.client.engine.info())).code).toBe('NOT_CONNECTED')
})

it('refuses a request larger than 16 MiB, and goes on serving others', async () => {
  const { home } = await served()
  const large = await connected(home)
  const value = JSON.stringify({ text: 'x'.repeat(17 * 1024 * 1024) })
  expect((await failureOf(large.client.topics.produce({ topic: 'things', records: [{ value }] }))).code).toBe(
    'NOT_CONNECTED',
  )
  expect((await (await connected(home)).client.engine.info()).engine).toBe('embedded')
})
