import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { VERB_GROUPS } from '#cli/verbs.ts'
import { freshCli } from './run-cli.ts'

function keysOf(json: string): string[] {
  const value: unknown = JSON.parse(json)
  return typeof value === 'object' && value !== null ? Object.keys(value) : []
}

describe('help', () => {
  it('names every command but the hidden ones, and each has its own', async () => {
    const { sluice } = freshCli()
    const { out, code } = await sluice(['help'])
    expect(code).toBe(0)
    for (const { name, hidden } of VERB_GROUPS.flatMap(({ verbs }) => verbs)) {
      expect(out.includes(`  ${name} `)).toBe(hidden !== true)
      const own = await sluice([...name.split(' '), '--help'])
      expect(own).toMatchObject({ code: 0, err: '' })
      expect(own.out).toContain(`Usage: sluice ${name}`)
      expect(own.out).toContain('--home DIR')
    }
  })
})

describe('a call that is not understood', () => {
  it.each([
    [['frobnicate'], 'There is no command "frobnicate".'],
    [['files', 'frob'], 'There is no command "files frob".'],
    [['run', 'demo', '--fast'], 'There is no option --fast.'],
    [['run', 'demo', 'twice'], '"twice" is one word too many.'],
    [['run'], 'pipeline is missing.'],
    [['run', 'demo', '--for'], '--for needs a value.'],
    [['run', 'demo', '--for', 'soon'], '--for soon is no duration'],
    [['run', 'demo', '--until-idle', '--for', '3s'], 'exclude each other'],
    [['query', 'x', '--format', 'xml'], '--format xml is none of'],
    [['query', 'x', '--format', 'parquet'], 'needs --output'],
    [['replay', 'demo', 'all', '--from', '0'], 'either --rebuild or --elsewhere'],
    [['files', 'chmod', '999', '/a'], 'no octal mode'],
    [['status', '--engine', 'docker'], 'not part of this version'],
    [['status', '--engine', 'prod'], 'no engine "prod"'],
    [['serve'], 'not part of this version'],
    [['run', 'endless', '--until-idle'], 'endless never becomes idle'],
    [['run', 'nowhere'], 'No pipeline has this name'],
  ])('%j exits with 2 and says what is wrong and what to do', async (args, message) => {
    const { sluice } = freshCli()
    const { code, out, err } = await sluice(args)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toContain(message)
    expect(err).toMatch(/^error: .+\n( {2}.+\n)+$/)
  })

  it('is one JSON object on stderr with --json', async () => {
    const { sluice } = freshCli()
    const { err } = await sluice(['run', 'nowhere', '--json'])
    expect(JSON.parse(err)).toEqual({
      error: {
        code: 'PIPELINE_UNKNOWN',
        message: 'No pipeline has this name (starting nowhere).',
        remedy: expect.any(String) as unknown,
      },
    })
  })
})

describe('run', () => {
  it('runs until idle, stops, and ends with the ledger as a table', async () => {
    const { sluice, told } = freshCli()
    const { code, out, err } = await sluice(['run', 'demo', '--until-idle'])
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toMatch(/^demo +records\nproducer simulator +100\n/)
    expect(out).toContain('sink all')
    expect(out).toContain('balanced: every record')
    expect(told.calls).toEqual(['start demo', 'stop demo', 'close'])
  })

  it('ends with the status document with --json, and nothing else on stdout', async () => {
    const { sluice } = freshCli()
    const { out } = await sluice(['run', 'demo', '--until-idle', '--json'])
    const document: unknown = JSON.parse(out)
    expect(document).toMatchObject({ engine: 'embedded', pipelines: [{ name: 'demo', ledger: { balanced: true } }] })
  })

  it('runs for a time', async () => {
    const { sluice, told } = freshCli()
    const before = performance.now()
    expect((await sluice(['run', 'endless', '--for', '300ms'])).code).toBe(0)
    expect(performance.now() - before).toBeGreaterThan(290)
    expect(told.calls).toContain('stop endless')
  })

  it('stops cleanly at an interrupt, prints the ledger, and exits with 130', async () => {
    const { sluice, told } = freshCli()
    const interrupt = new AbortController()
    setTimeout(() => interrupt.abort(), 200)
    const { code, out } = await sluice(['run', 'endless'], { signal: interrupt.signal })
    expect(code).toBe(130)
    expect(out).toContain('producer simulator')
    expect(told.calls).toEqual(['start endless', 'stop endless', 'close'])
  })

  it('fails with the reason of a job that stopped for good', async () => {
    const { sluice, told } = freshCli()
    const { code, err } = await sluice(['run', 'broken'])
    expect(code).toBe(1)
    expect(err).toBe('error: The job all stopped: The disk is full.\n  Make room.\n')
    expect(told.calls).toContain('stop broken')
  })

  it('shows progress on a terminal and takes it away again', async () => {
    const { sluice } = freshCli()
    const { err } = await sluice(['run', 'demo', '--until-idle'], { tty: true })
    expect(err).toContain('demo running')
    expect(err.endsWith('A\u001b[0J')).toBe(true)
  })

  it('lets other commands in while it runs, which find the same engine', async () => {
    const { sluice, told } = freshCli()
    const interrupt = new AbortController()
    const running = sluice(['run', 'endless'], { signal: interrupt.signal })
    await expect.poll(() => told.calls).toContain('start endless')
    const { out } = await sluice(['status', '--json'])
    expect(out).toMatch(/"name": "endless",\s+"state": "running"/)
    const second = await sluice(['run', 'endless', '--for', '100ms'])
    expect(second.code).toBe(0)
    expect(told.calls).not.toContain('stop endless')
    interrupt.abort()
    expect((await running).code).toBe(130)
  })

  it('ends when another command stops the engine', async () => {
    const { sluice, told } = freshCli()
    const running = sluice(['run', 'endless'])
    await expect.poll(() => told.calls).toContain('start endless')
    expect((await sluice(['stop'])).code).toBe(0)
    expect((await running).code).toBe(0)
  })
})

describe('query', () => {
  it.each([
    [
      'json',
      '[\n{"n":"9007199254740993","1":"a \\"quoted\\", text\\nof two lines","d":"12.50","list":[1,2]},\n{"n":7,"1":null,"d":null,"list":null}\n]\n',
    ],
    [
      'ndjson',
      '{"n":"9007199254740993","1":"a \\"quoted\\", text\\nof two lines","d":"12.50","list":[1,2]}\n{"n":7,"1":null,"d":null,"list":null}\n',
    ],
    ['csv', 'n,1,d,list\r\n9007199254740993,"a ""quoted"", text\nof two lines",12.50,"[1,2]"\r\n7,,,\r\n'],
  ])('prints %s as promised', async (format, text) => {
    const { sluice } = freshCli()
    expect(await sluice(['query', 'SELECT 1', '--format', format])).toEqual({ code: 0, out: text, err: '' })
  })

  it('prints a table for people, a row a line', async () => {
    const { sluice } = freshCli()
    const { out } = await sluice(['query', 'SELECT 1'])
    expect(out.split('\n')).toHaveLength(4)
    expect(out).toContain('text⏎of two lines')
  })

  it('reads SQL from stdin, and writes into a new file only', async () => {
    const { sluice, folder } = freshCli()
    const args = ['query', '-', '--format', 'csv', '--output', 'rows.csv']
    expect((await sluice(args, { stdin: 'SELECT 1' })).code).toBe(0)
    expect(readFileSync(join(folder, 'rows.csv'), 'utf8')).toMatch(/^n,1,d,list\r\n/)
    const again = await sluice(args, { stdin: 'SELECT 1' })
    expect(again.code).toBe(1)
    expect(again.err).toContain('rows.csv')
  })

  it('says where in the SQL a mistake stands', async () => {
    const { sluice } = freshCli()
    expect((await sluice(['query', 'wrong'])).err).toContain('There is no column "x". (line 1, column 8)')
  })

  it('is cancelled by an interrupt', async () => {
    const { sluice, told } = freshCli()
    const interrupt = new AbortController()
    setTimeout(() => interrupt.abort(), 300)
    expect((await sluice(['query', 'forever'], { signal: interrupt.signal })).code).toBe(130)
    expect(told.calls).toContain('query cancelled')
  })
})

describe('topics', () => {
  it('are made, filled, tailed, described and deleted', async () => {
    const { sluice } = freshCli()
    expect((await sluice(['topics', 'create', 'things', '--partitions', '3'])).code).toBe(0)
    const lines = '{"name":"a","size":1}\n\n{"name":"b","size":2}\r\n{"name":"a","size":3}'
    const produced = await sluice(['produce', 'things', '--key', 'name'], { stdin: lines })
    expect(produced.out).toBe('3 records appended to things\n')
    const all = await sluice(['tail', 'things', '--from-beginning', '--timeout', '100ms'])
    expect(new Set(all.out.trim().split('\n'))).toEqual(new Set(lines.replaceAll('\r', '').split('\n').filter(Boolean)))
    const first = await sluice(['tail', 'things', '--from-beginning', '-n', '2', '--timeout', '1s', '--json'])
    expect(
      first.out
        .trim()
        .split('\n')
        .map((line) => keysOf(line)),
    ).toEqual([
      ['partition', 'offset', 'timestamp', 'key', 'value'],
      ['partition', 'offset', 'timestamp', 'key', 'value'],
    ])
    expect((await sluice(['topics'])).out).toMatch(/things +3 +3 +\d+ B +demo\n/)
    expect((await sluice(['topics', 'describe', 'things'])).out).toMatch(/name +string +required/)
    const careful = await sluice(['topics', 'delete', 'things'])
    expect(careful).toMatchObject({ code: 2 })
    expect(careful.err).toContain('holds 3 records')
    expect((await sluice(['topics', 'delete', 'things', '--yes'])).out).toBe('things is gone, with 3 records.\n')
    expect((await sluice(['tail', 'things', '-n', '1', '--timeout', '1s'])).code).toBe(1)
  })

  it('name the line without the key that was asked for', async () => {
    const { sluice } = freshCli()
    await sluice(['topics', 'create', 'things'])
    const { code, err } = await sluice(['produce', 'things', '--key', 'name'], { stdin: '{"name":"a"}\nnot json\n' })
    expect(code).toBe(2)
    expect(err).toContain('Line 2 is no JSON object')
  })

  it('show alerts from the records that filters let through', async () => {
    const { sluice } = freshCli()
    await sluice(['topics', 'create', 'alerts', '--partitions', '2'])
    await sluice(['produce', 'alerts'], { stdin: '{"name":"Apophis","size":370}\n' })
    const { out } = await sluice(['alerts'])
    expect(out).toMatch(/^\d{4}-\d\d-\d\d [\d:]+Z {2}high {4}demo\/dangerous: Apophis is 370 wide\n$/)
  })
})

describe('files', () => {
  it('go in, are listed, moved, measured, come out, and are removed', async () => {
    const { sluice, folder } = freshCli()
    writeFileSync(join(folder, 'local.txt'), 'hello\n')
    expect((await sluice(['files', 'put', 'local.txt', '/data/in.txt'])).out).toBe('/data/in.txt (6 B)\n')
    const again = await sluice(['files', 'put', 'local.txt', '/data/in.txt'])
    expect(again.code).toBe(1)
    expect(again.err).toContain('--force')
    expect((await sluice(['files', 'put', '-', '/data/in.txt', '--force'], { stdin: 'bye\n' })).code).toBe(0)
    expect((await sluice(['files', 'cat', '/data/in.txt'])).out).toBe('bye\n')
    expect((await sluice(['files', 'mkdir', '/data/sub'])).code).toBe(0)
    expect((await sluice(['files', 'mv', '/data/in.txt', '/data/sub'])).out).toBe('/data/sub/in.txt\n')
    expect((await sluice(['files', 'chmod', '600', '/data/sub/in.txt'])).out).toContain('-rw-------')
    expect((await sluice(['files', 'chown', 'spark:hadoop', '/data/sub'])).out).toMatch(/spark +hadoop/)
    expect((await sluice(['files', 'ls', '/data'])).out).toMatch(/drwx\S+ +spark +hadoop +- .+ sub\/\n/)
    expect((await sluice(['files', 'du', '/data'])).out).toBe('/data  1 file  4 B\n')
    expect((await sluice(['files', 'get', '/data/sub/in.txt'])).code).toBe(0)
    expect(readFileSync(join(folder, 'in.txt'), 'utf8')).toBe('bye\n')
    expect((await sluice(['files', 'get', '/data/sub/in.txt'])).err).toContain('in.txt already')
    expect((await sluice(['files', 'rm', '/data'])).code).toBe(2)
    expect((await sluice(['files', 'rm', '-r', '/data'])).out).toBe('/data is gone (1 file, 4 B)\n')
    expect((await sluice(['files', 'ls', '/data'])).code).toBe(1)
    expect((await sluice(['files', 'cat', '/../../etc/passwd'])).code).toBe(2)
  })
})

describe('reset', () => {
  it('shows what would go, and asks', async () => {
    const { sluice, told } = freshCli()
    expect((await sluice(['reset', 'demo', '--dry-run'])).out).toBe(
      'Would remove:\n  lake      /data (3 files, 2.0 KiB)\n',
    )
    expect((await sluice(['reset', 'demo'])).code).toBe(2)
    expect((await sluice(['reset', 'demo'], { tty: true, stdin: 'n\n' })).code).toBe(1)
    expect(told.calls).not.toContain('reset demo')
    expect((await sluice(['reset', 'demo'], { tty: true, stdin: 'y\n' })).code).toBe(0)
    expect((await sluice(['reset', 'demo', '--yes'])).out).toContain('Removed:')
    expect(told.calls.filter((call) => call === 'reset demo')).toHaveLength(2)
  })
})

it('validate prints every problem with its place, and exits with 2', async () => {
  const { sluice, folder } = freshCli()
  writeFileSync(join(folder, 'x.yaml'), 'name: x\n')
  const { code, out, err } = await sluice(['validate', 'x.yaml'])
  expect({ code, out, err }).toEqual({
    code: 2,
    out: '1 mistake.\n',
    err: 'x.yaml:3:5: error: filters.a: no such topic\n  Declare it.\n',
  })
  const missing = await sluice(['validate', 'missing.yaml'])
  expect(missing.code).toBe(2)
  expect(missing.err).toContain('missing.yaml')
})

it('status is the promised document', async () => {
  const { sluice } = freshCli()
  expect(keysOf((await sluice(['status', 'demo', '--json'])).out)).toEqual(['engine', 'pipelines'])
})
