import { afterAll, beforeAll, expect, it } from 'vitest'
import type { SqlParser } from '#engine/ports/sql-parser.ts'
import { openDuckdbSqlParser } from './duckdb-sql-parser.ts'

let parser: SqlParser
beforeAll(async () => {
  parser = await openDuckdbSqlParser()
})
afterAll(() => parser.close())

it('gives the tree of one expression, its places counted from the text given', async () => {
  expect(await parser.expression('a > 1')).toMatchObject({
    tree: {
      class: 'COMPARISON',
      type: 'COMPARE_GREATERTHAN',
      query_location: 2,
      left: { class: 'COLUMN_REF', column_names: ['a'], query_location: 0 },
      right: { class: 'CONSTANT', query_location: 4 },
    },
  })
})

it('counts places in characters, beyond ASCII and beyond the BMP', async () => {
  expect(await parser.expression("'é😀' > b")).toMatchObject({ tree: { right: { query_location: 8 } } })
  expect(await parser.expression("'é😀' > )")).toMatchObject({ position: 8 })
  expect(await parser.statement("SELECT 'é😀' FROMM x y")).toMatchObject({ position: 19 })
})

it('gives the tree of one statement', async () => {
  const parsed = await parser.statement('SELECT a FROM t; ')
  expect(parsed).toMatchObject({ tree: { type: 'SELECT_NODE', from_table: { table_name: 't', query_location: 14 } } })
})

it('lets a comment at the end of an expression end there', async () => {
  expect(await parser.expression('a > 1 -- only the big ones')).toHaveProperty('tree')
})

it.each([
  ['1), (2', 'two select items'],
  ['a) OR (b', 'brackets that close too early'],
  ['1 AS INT) + CAST(2', 'a cast that closes too early'],
  ['1) FROM (SELECT 2', 'a FROM'],
  ['1); SELECT (2', 'two statements'],
  ['1); DROP TABLE x; SELECT (2', 'another statement'],
  ['a, b', 'a list'],
  ['a AS b', 'an alias'],
  ['', 'nothing'],
  ['-- a', 'only a comment'],
  ['/* a', 'an open comment'],
  ["'a", 'an open quote'],
  ['a\0b', 'a NUL'],
  ['not '.repeat(5000) + 'a', 'too deep'],
])('refuses %j as an expression: %s', async (sql) => {
  expect(await parser.expression(sql)).toHaveProperty('message')
})

it.each([
  '',
  ';',
  'SELECT 1; SELECT 2',
  'DROP TABLE x',
  "COPY (SELECT 1) TO 'x'",
  'INSERT INTO t VALUES (1)',
  'SELECT \0',
])('refuses %j as a statement', async (sql) => {
  expect(await parser.statement(sql)).toHaveProperty('message')
})

it('says what is wrong and where', async () => {
  expect(await parser.expression('a >')).toEqual({ message: 'syntax error at or near ")"', position: 3 })
  expect(await parser.statement('SELECT a FROM')).toEqual({ message: 'syntax error at end of input', position: 13 })
})

it('reads a thousand nested brackets', async () => {
  expect(await parser.expression('('.repeat(1000) + 'a' + ')'.repeat(1000))).toHaveProperty('tree')
})

it('can be closed twice', async () => {
  const other = await openDuckdbSqlParser()
  await other.close()
  await expect(other.close()).resolves.toBeUndefined()
})
