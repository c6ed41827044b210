import { expect, it } from 'vitest'
import type { SqlPage } from '#contract/sql.ts'
import { csvRows, jsonRows, ndjsonRows, type RowFormat } from './row-format.ts'

const columns = [
  { name: 'b', type: 'VARCHAR' },
  { name: '1', type: 'BIGINT' },
  { name: 'b', type: 'VARCHAR' },
]

function written(format: RowFormat, ...pages: SqlPage['rows'][]): string {
  return pages.map((rows) => format.page({ columns, rows })).join('') + format.end()
}

it('writes one JSON array over all pages, keys in the order of the columns, none lost', () => {
  const text = written(jsonRows(), [['x', '9007199254740993', null]], [['y', 2, 'é']])
  expect(text).toBe('[\n{"b":"x","1":"9007199254740993","b":null},\n{"b":"y","1":2,"b":"é"}\n]\n')
  expect(JSON.parse(text)).toHaveLength(2)
})

it('writes an empty JSON array where there are no rows', () => {
  expect(written(jsonRows(), [])).toBe('[]\n')
})

it('writes one object a line, newlines in values escaped', () => {
  expect(written(ndjsonRows(), [['two\nlines', 1, { k: [1] }]])).toBe('{"b":"two\\nlines","1":1,"b":{"k":[1]}}\n')
})

it('writes CSV as RFC 4180 has it: one header, CRLF, quotes doubled, null told from empty text', () => {
  const text = written(csvRows(), [['a "b", c', 1, null]], [['two\r\nlines', 2.5, '']])
  expect(text).toBe('b,1,b\r\n"a ""b"", c",1,\r\n"two\r\nlines",2.5,""\r\n')
})

it('writes the header also where there are no rows', () => {
  expect(written(csvRows(), [])).toBe('b,1,b\r\n')
})
