import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Column } from '#engine/core/columns.ts'
import type { Json } from '#engine/core/json.ts'
import type { ProducerContext } from '#engine/ports/producer.ts'
import { columnsOf, drain, failure, parsed, producerContext, recordsOf } from '#tests/producer-context.ts'
import type { Drained } from '#tests/producer-context.ts'
import { csv } from './csv.ts'

const folder = mkdtempSync(join(tmpdir(), 'sluice-csv-'))
afterAll(() => rmSync(folder, { recursive: true }))

let files = 0
function fileOf(content: string | Uint8Array): string {
  const file = join(folder, `${files++}.csv`)
  writeFileSync(file, content)
  return file
}

async function read(content: string | Uint8Array, settings: object = {}, given: Partial<ProducerContext> = {}) {
  const context = producerContext(given)
  await using source = await csv.open({ file: fileOf(content), ...settings }, context)
  return { ...(await drain(source)), warnings: context.warnings }
}

const objects = (lines: readonly string[]): unknown[] => lines.map(parsed)

describe('what a CSV file may look like', () => {
  it('takes \\n, \\r\\n and \\r as line ends, and a last line without one', async () => {
    for (const end of ['\n', '\r\n', '\r']) {
      const { lines } = await read(['a,b', '1,2', '3,4'].join(end))
      expect(objects(lines)).toEqual([
        { a: '1', b: '2' },
        { a: '3', b: '4' },
      ])
    }
  })

  it('takes quoted delimiters, line ends and doubled quotes for text', async () => {
    const { lines } = await read('a,b\n"x,y","two\nlines\r\nhere"\n"say ""no""",""""\n')
    expect(objects(lines)).toEqual([
      { a: 'x,y', b: 'two\nlines\r\nhere' },
      { a: 'say "no"', b: '"' },
    ])
  })

  it('takes a quote inside a field, and text behind a closing quote, as they stand', async () => {
    const { lines } = await read('a,b\n5" pipe, "x"\n"ab"cd,"e" f\n')
    expect(objects(lines)).toEqual([
      { a: '5" pipe', b: ' "x"' },
      { a: 'abcd', b: 'e f' },
    ])
  })

  it('leaves empty fields out, and keeps white space', async () => {
    const { lines } = await read('a,b,c\n,"", \n,,\n')
    expect(objects(lines)).toEqual([{ c: ' ' }, {}])
  })

  it('passes over empty lines and a byte order mark', async () => {
    expect(objects((await read('\uFEFFa,b\n\n1,2\r\n\r\n\n3,4\n\n')).lines)).toEqual([
      { a: '1', b: '2' },
      { a: '3', b: '4' },
    ])
  })

  it('finds out the delimiter from the header', async () => {
    for (const delimiter of [',', ';', '\t', '|']) {
      const { lines } = await read(`"a,;|\t,,;;",b,c\n1,2,3\n`.replaceAll(/,(?=[bc123])/g, delimiter))
      expect(lines[0]).toMatch(/^\{.*:"1","b":"2","c":"3"\}$/)
    }
  })

  it('takes the delimiter that is given', async () => {
    expect(objects((await read('a,x:b\n1,2:3\n', { delimiter: ':' })).lines)).toEqual([{ 'a,x': '1,2', b: '3' }])
  })

  it('escapes everything that JSON needs escaped', async () => {
    const odd = String.raw`back\slash` + '\t\u0000\u001f\u007f\u2028😀'
    expect(objects((await read(`a;b\n${odd};x\n`, { delimiter: ';' })).lines)).toEqual([{ a: odd, b: 'x' }])
  })

  it('reads files without a header by the columns that are given', async () => {
    const { lines } = await read('\uFEFF1;2\n3;4\n', { columns: ['x', 'y'] })
    expect(objects(lines)).toEqual([
      { x: '1', y: '2' },
      { x: '3', y: '4' },
    ])
  })

  it('gives nothing for a header alone, and for no bytes under given columns', async () => {
    expect(await read('a,b\n')).toMatchObject({ lines: [], ended: true })
    expect(await read('a,b')).toMatchObject({ lines: [], ended: true })
    expect(await read('', { columns: ['a'] })).toMatchObject({ lines: [], ended: true })
  })
})

describe('encodings', () => {
  const umlauts = 'name\nMüller €\n'
  const windows = Buffer.from(umlauts.replace('€', '\u0080'), 'latin1')

  it('reads UTF-8, and Windows-1252 where the bytes are no UTF-8, record by record', async () => {
    expect(objects((await read(umlauts)).lines)).toEqual([{ name: 'Müller €' }])
    expect(objects((await read(windows)).lines)).toEqual([{ name: 'Müller €' }])
    const mixed = Buffer.concat([Buffer.from(umlauts), windows.subarray(5)])
    expect(objects((await read(mixed)).lines)).toEqual([{ name: 'Müller €' }, { name: 'Müller €' }])
  })

  it('reads what it is told to read', async () => {
    expect(objects((await read(Buffer.from('a\né\n'), { encoding: 'latin1' })).lines)).toEqual([{ a: 'Ã©' }])
    const refused = await read(windows, { encoding: 'utf-8' })
    expect(refused.lines).toEqual([''])
    expect(refused.exact.get(0)).toEqual(new Uint8Array(windows.subarray(5, -1)))
  })

  it('reads a header in Windows-1252', async () => {
    expect(objects((await read(Buffer.from('größe\n1\n', 'latin1'))).lines)).toEqual([{ größe: '1' }])
  })

  it('refuses UTF-16, and says how to convert it', async () => {
    for (const bytes of [
      Buffer.from('\uFEFFa,b\n1,2\n', 'utf16le'),
      Buffer.from('\uFEFFa,b\n1,2\n', 'utf16le').swap16(),
      Buffer.from('a,b\n1,2\n', 'utf16le'),
    ]) {
      const error = await failure(read(bytes))
      expect(error.code).toBe('FILE_UNREADABLE')
      expect(error.remedy).toContain('UTF-8')
    }
  })
})

describe('records that are not what the header says', () => {
  it('takes a record with too few fields: the others are null', async () => {
    expect(objects((await read('a,b,c\n1\n1,2\n')).lines)).toEqual([{ a: '1' }, { a: '1', b: '2' }])
  })

  it('takes surplus fields that are empty', async () => {
    expect(objects((await read('a,b\n1,2,,\n1,2,""\n')).lines)).toEqual([
      { a: '1', b: '2' },
      { a: '1', b: '2' },
    ])
  })

  it('gives a record with too many fields as its raw line, which is no JSON object', async () => {
    const { lines, exact, keys } = await read('a,b\n1,2,3\n4,5\n"x\ny",2,3\n{"a":1,"b":2},0\n', {}, { key: 'a' })
    expect(lines).toEqual(['1,2,3', '{"a":"4","b":"5"}', '', String.raw`"{\"a\":1,\"b\":2},0"`])
    expect(Buffer.from(exact.get(2) ?? []).toString()).toBe('"x\ny",2,3')
    expect(keys).toEqual([null, '4', null, null])
  })

  it('loses only the line of a quote that is never closed', async () => {
    const { lines, warnings } = await read('a,b\n1,2\n"open,3\n4,5\n6,7')
    expect(lines).toEqual(['{"a":"1","b":"2"}', '"open,3', '{"a":"4","b":"5"}', '{"a":"6","b":"7"}'])
    expect(warnings).toHaveLength(1)
  })

  it('keeps the line of a quote that is not closed within 16 MiB, and goes on behind it', async () => {
    const field = 'x'.repeat(1_000)
    const rest = `1,${field}\n`.repeat(18_000)
    const { lines } = await read(`a,b\n"open,3\n${rest}2,y\n`)
    expect(lines.length).toBe(18_002)
    expect([lines[0], lines[1], lines.at(-1)]).toEqual(['"open,3', `{"a":"1","b":"${field}"}`, '{"a":"2","b":"y"}'])
  })

  it('keeps the first 16 MiB of a line without an end, and goes on behind it', async () => {
    const { lines } = await read(`a,b\n1,${'x'.repeat(20 * 2 ** 20)}\n2,y\n`)
    expect(lines).toHaveLength(2)
    expect(lines[0]?.length).toBeGreaterThanOrEqual(16 * 2 ** 20)
    expect(() => parsed(lines[0] ?? '')).toThrow(SyntaxError)
    expect(lines[1]).toBe('{"a":"2","b":"y"}')
  })
})

describe('columns', () => {
  const columns = columnsOf({ customer_id: 'long', first_name: 'string' })

  it('maps a header to columns without regard to case, white space and punctuation', async () => {
    const { lines, warnings } = await read(' Customer ID ,FIRST-NAME\n1,Ann\n', {}, { columns })
    expect(objects(lines)).toEqual([{ customer_id: '1', first_name: 'Ann' }])
    expect(warnings).toEqual([])
  })

  it('keeps columns that are not declared, and fields without a name', async () => {
    const { lines } = await read('customer_id,first_name,Extra,\n1,Ann,2,3\n', {}, { columns })
    expect(objects(lines)).toEqual([{ customer_id: '1', first_name: 'Ann', Extra: '2', field_4: '3' }])
  })

  it('warns of a declared column that is missing, and refuses the file where it is required', async () => {
    expect((await read('customer_id\n1\n', {}, { columns })).warnings).toHaveLength(1)
    const required: readonly Column[] = [{ name: 'email', type: 'string', required: true }]
    const error = await failure(read('customer_id\n1\n', {}, { columns: required }))
    expect(error.code).toBe('FILE_UNREADABLE')
    expect(error.message).toContain('email')
  })

  it('refuses two columns of one name, and a file without a header', async () => {
    await expect(read('a,A\n1,2\n', {}, { columns: columnsOf({ a: 'string' }) })).rejects.toThrow(/ a/)
    for (const content of ['', '\n\n']) await expect(read(content)).rejects.toMatchObject({ code: 'FILE_UNREADABLE' })
  })

  it('gives JSON of the types asked for where the text is such JSON, else a string', async () => {
    const types = { n: 'double', i: 'int', b: 'boolean', j: 'json', d: 'decimal(5,2)' }
    const good = 'n,i,b,j,d,s\n -1.5e3 ,12,TRUE,"{""a"":\n[1]}",1.10,7\n'
    const poor = 'n,i,b,j,d,s\n1.,012,yes,{a},x,7\n'
    expect((await read(good, { types })).lines).toEqual([
      '{"n":-1.5e3,"i":12,"b":true,"j":{"a": [1]},"d":1.10,"s":"7"}',
    ])
    expect(objects((await read(poor, { types })).lines)).toEqual([
      { n: '1.', i: '012', b: 'yes', j: '{a}', d: 'x', s: '7' },
    ])
  })

  it('gives the trimmed text of the key column as the key, none where it is empty', async () => {
    const { keys } = await read('a,k\n1," x""y "\n2,\n3,  \n4,é\n', {}, { key: 'k' })
    expect(keys).toEqual(['x"y', null, null, 'é'])
  })
})

describe('going on', () => {
  const content = 'id,text\r\n' + Array.from({ length: 5_000 }, (_, n) => `${n},"some ""text""\n${n}"\r\n`).join('')

  async function resume(file: string, position: Json | undefined) {
    await using source = await csv.open({ file }, producerContext(position === undefined ? {} : { position }))
    return await drain(source)
  }

  async function half(file: string): Promise<Json> {
    await using source = await csv.open({ file }, producerContext())
    const { position } = await drain(source, { records: 3_000, bytes: 2 ** 28 }, 1)
    return structuredClone(position ?? null)
  }

  it('gives the same records whatever the limits are, none twice and none left out', async () => {
    const surplus = content.replaceAll(/^(\d+00),/gm, '$1,surplus,')
    const whole = await read(surplus, {}, { key: 'id' })
    const file = fileOf(surplus)
    const pieces: Drained = { lines: [], keys: [], exact: new Map(), position: undefined, ended: false }
    for (const bytes of [10, 100, 1_000, 5_000, 2 ** 20]) {
      const context = producerContext({
        key: 'id',
        ...(pieces.position !== undefined && { position: pieces.position }),
      })
      await using source = await csv.open({ file }, context)
      const piece = await drain(source, { records: 2_000, bytes }, bytes < 2 ** 20 ? 30 : Infinity)
      for (const [index, value] of piece.exact) pieces.exact.set(pieces.lines.length + index, value)
      pieces.lines.push(...piece.lines)
      pieces.keys.push(...piece.keys)
      pieces.position = piece.position
    }
    expect(pieces.lines).toEqual(whole.lines)
    expect(pieces.keys).toEqual(whole.keys)
    expect(pieces.exact).toEqual(whole.exact)
    expect(whole.exact.size).toBe(49)
  })

  it('keeps to the limits of a pull, but gives one record at least', async () => {
    await using source = await csv.open({ file: fileOf(content) }, producerContext())
    for (const [bytes, count] of [
      [1, 1],
      [100, 2],
      [5_000, 127],
    ] as const) {
      const pulled = await source.next({ records: 1_000, bytes })
      if (typeof pulled === 'string') throw new Error(pulled)
      const records = recordsOf(pulled)
      expect(records.count).toBe(count)
      expect(count === 1 || records.ndjson.length <= bytes).toBe(true)
    }
  })

  it('goes on with what was added to the file', async () => {
    const file = fileOf(content)
    const position = await half(file)
    appendFileSync(file, '9999,new\r\n')
    const { lines } = await resume(file, position)
    expect(lines).toHaveLength(2_001)
    expect(lines.at(-1)).toBe('{"id":"9999","text":"new"}')
  })

  it('asks what to do where the file is another one', async () => {
    const changes: readonly ((text: string) => string)[] = [
      (text) => text.slice(0, 50_000),
      (text) => text.replace('id,', 'no,'),
      (text) => text.replace('7,"some', '8,"some'),
      (text) => text.replace('2999,"some', '2998,"some'),
    ]
    for (const change of changes) {
      const file = fileOf(content)
      const position = await half(file)
      writeFileSync(file, change(content))
      const error = await failure(resume(file, position))
      expect(error.code).toBe('SOURCE_CHANGED')
      expect(error.message).toContain(file)
    }
  })

  it('does not take the rest of a line for a record where its beginning was read as the last one', async () => {
    const file = fileOf('a,b\n1,2\n3,4')
    const { position } = await resume(file, undefined)
    appendFileSync(file, '5\n6,7\n')
    await expect(resume(file, position)).rejects.toMatchObject({ code: 'SOURCE_CHANGED' })
    writeFileSync(file, 'a,b\n1,2\n3,4\n6,7\n')
    expect((await resume(file, position)).lines).toEqual(['{"a":"6","b":"7"}'])
  })

  it('keeps its rate', async () => {
    let now = 0
    const context = producerContext({ clock: () => now })
    await using source = await csv.open({ file: fileOf('a\n1\n2\n3\n'), rate: 2 }, context)
    expect((await drain(source)).lines).toHaveLength(1)
    expect(source.dueAt).toBe(500)
    now = 500
    expect((await drain(source)).lines).toHaveLength(1)
  })

  it('names the file that can’t be read', async () => {
    for (const file of [join(folder, 'nowhere.csv'), folder]) {
      const error = await failure(csv.open({ file }, producerContext()))
      expect(error.code).toBe('FILE_UNREADABLE')
      expect(error.message).toContain(file)
    }
    const later = await failure(csv.open({ url: 's3://bucket/x.csv' }, producerContext()))
    expect(later.code).toBe('KIND_LATER')
    expect(later.message).toContain('s3://bucket/x.csv')
  })
})

const PYTHON = `
import csv, io, json, sys
def read(text):
    return list(csv.reader(io.StringIO(text, newline='')))
def closed(text):
    return read(text + '\\nend')[-1] == ['end']
def record(row):
    return {'c%d' % at: field for at, field in enumerate(row) if field != ''}
texts = json.load(sys.stdin)
print(json.dumps([[record(row) for row in read(text) if row] if closed(text) else None for text in texts]))`

it('reads any text as Python’s csv module does', { timeout: 60_000 }, async () => {
  const alphabet = fc.constantFrom('a', 'b', ',', ',', '"', '"', '\n', '\r', ' ', 'ü')
  const texts = fc.sample(fc.string({ unit: alphabet, maxLength: 40 }), { numRuns: 500, seed: 7 })
  const answer = execFileSync('python3', ['-c', PYTHON], { input: JSON.stringify(texts), encoding: 'utf8' })
  const expected = z.array(z.array(z.record(z.string(), z.string())).nullable()).parse(JSON.parse(answer))
  const columns = Array.from({ length: 42 }, (_, index) => `c${index}`)
  const closed = texts.flatMap((text, index) => (expected[index] ? [{ text, records: expected[index] }] : []))
  expect(closed.length).toBeGreaterThan(150)
  for (const { text, records } of closed) {
    const { lines } = await read(text, { columns, delimiter: ',' })
    expect(objects(lines), JSON.stringify(text)).toEqual(records)
  }
})
