import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openDuckdbSqlParser } from '#engine/adapters/embedded/duckdb-sql-parser.ts'
import type { SqlParser } from '#engine/ports/sql-parser.ts'
import type { Column } from './columns.ts'
import {
  beforeNow,
  checkCondition,
  checkExpression,
  checkQuery,
  checkSpelling,
  clausesOf,
  columnsUsed,
  termsOf,
  withNow,
} from './portable-sql.ts'

const COLUMNS: readonly Column[] = [
  { name: 'id', type: 'string' },
  { name: 'n', type: 'int' },
  { name: 'm', type: 'long' },
  { name: 'x', type: 'double' },
  { name: 'ok', type: 'boolean' },
  { name: 'seen', type: 'timestamp' },
  { name: 'day', type: 'date' },
  { name: 'd', type: 'decimal(10,2)' },
]

let parser: SqlParser
beforeAll(async () => {
  parser = await openDuckdbSqlParser()
})
afterAll(() => parser.close())

async function expression(sql: string): Promise<unknown> {
  const parsed = await parser.expression(sql)
  expect(parsed).toHaveProperty('tree')
  return 'tree' in parsed ? parsed.tree : undefined
}

async function query(sql: string): Promise<unknown> {
  const parsed = await parser.statement(sql)
  expect(parsed).toHaveProperty('tree')
  return 'tree' in parsed ? parsed.tree : undefined
}

it.each([
  ['n > 1 AND x < 2.5', 'boolean'],
  ["id LIKE 'a%' OR id NOT IN ('b', 'c') OR id IS NULL", 'boolean'],
  ['NOT (n BETWEEN 1 AND 5)', 'boolean'],
  ['ok IS TRUE AND ok', 'boolean'],
  ["upper(trim(id)) || '!'", 'string'],
  ["coalesce(id, '')", 'string'],
  ['n + 1', 'int'],
  ['n * m - 2', 'long'],
  ['x / n', 'double'],
  ['CAST(n AS DOUBLE) / m', 'double'],
  ['-x', 'double'],
  ['n % 2', 'int'],
  ['CASE WHEN n > 1 THEN x ELSE 0 END', 'double'],
  ["CASE WHEN ok THEN 'a' END", 'string'],
  ['CAST(seen AS DATE)', 'date'],
  ['CAST(n AS STRING)', 'string'],
  ['CAST(floor(x) AS BIGINT)', 'long'],
  ["seen - INTERVAL '24' HOUR", 'timestamp'],
  ["seen > TIMESTAMP '2026-01-31 00:00:00'", 'boolean'],
  ["day = DATE '2026-01-31'", 'boolean'],
  ['extract(HOUR FROM seen)', 'long'],
  ['year(day)', 'long'],
  ["length(substr(replace(id, 'a', 'b'), 1, 2))", 'long'],
  ['CAST(d AS DECIMAL(12,2)) ', 'decimal(12,2)'],
  ['NULL', 'null'],
])('takes %s as %s', async (sql, type) => {
  expect(checkExpression(await expression(sql), COLUMNS)).toEqual({ findings: [], type })
  expect(checkSpelling(sql)).toEqual([])
})

it('places a finding at its character', async () => {
  expect(checkCondition(await expression("id = 'ä' AND nope > 1"), COLUMNS)).toMatchObject([{ position: 13 }])
})

it('does not trust a tree that it does not know', () => {
  for (const tree of [undefined, null, 5, [], {}, { class: 'NEW' }, { class: 'OPERATOR', type: 'NEW' }]) {
    expect(checkExpression(tree, COLUMNS).findings.length).toBeGreaterThan(0)
  }
  expect(checkQuery({ type: 'NEW' }, new Map()).findings.length).toBeGreaterThan(0)
})

it('tells the columns of a result and their types', async () => {
  const tree = await query(`
    WITH big AS (SELECT id, max(n) AS most FROM t GROUP BY id)
    SELECT big.*, count(*) AS c, sum(t.d) AS s, avg(t.n) AS a, row_number() OVER (ORDER BY big.id NULLS LAST) AS i
    FROM big JOIN t ON t.id = big.id GROUP BY big.id, big.most`)
  expect(checkQuery(await query('SELECT *, 1 AS one FROM t'), new Map([['t', undefined]])).columns).toBeUndefined()
  expect(checkQuery(tree, new Map([['t', COLUMNS]])).columns).toEqual([
    { name: 'id', type: 'string' },
    { name: 'most', type: 'int' },
    { name: 'c', type: 'long' },
    { name: 's', type: 'decimal(38,2)' },
    { name: 'a', type: 'double' },
    { name: 'i', type: 'long' },
  ])
})

it('names the columns that a tree uses', async () => {
  expect(columnsUsed(await expression('n > 1 AND upper(id) = id AND x < n'))).toEqual(['n', 'id', 'x'])
})

it.each([
  ['a > 1', ['a > 1']],
  ['a > 1 AND b < 2', ['a > 1', 'b < 2']],
  ['(a > 1 AND (b < 2 AND c))', ['a > 1', 'b < 2', 'c']],
  ['a BETWEEN 1 AND 2 AND b', ['a BETWEEN 1 AND 2', 'b']],
  ['a NOT BETWEEN 1 AND 2 AND b BETWEEN 3 AND 4', ['a NOT BETWEEN 1 AND 2', 'b BETWEEN 3 AND 4']],
  ['a AND b OR c', ['a AND b OR c']],
  ['(a OR b) AND NOT (c AND d)', ['a OR b', 'NOT (c AND d)']],
  ["a = 'x AND y' -- and z\n and b", ["a = 'x AND y'", 'b']],
  ['CASE WHEN a AND b THEN c ELSE d END AND e', ['CASE WHEN a AND b THEN c ELSE d END', 'e']],
  ['(a) AND (b)', ['a', 'b']],
  ['"and" AND "x AND ""y"', ['"and"', '"x AND ""y"']],
])('splits %s at its top-level ANDs', (sql, clauses) => {
  expect(clausesOf(sql)).toEqual(clauses)
})

it('splits a condition into as many clauses as its tree has, which say the same together', async () => {
  const leaf = fc.constantFrom(
    'n > 1',
    'id IS NULL',
    'n BETWEEN 1 AND 2',
    "id = 'AND'",
    'CASE WHEN ok AND ok THEN ok END',
    'NOT ok',
  )
  const { condition } = fc.letrec<{ condition: string }>((tie) => ({
    condition: fc.oneof(
      { maxDepth: 4 },
      leaf,
      fc.tuple(tie('condition'), fc.constantFrom('AND', 'OR', 'and'), tie('condition')).map((parts) => parts.join(' ')),
      tie('condition').map((inner) => `(${inner})`),
    ),
  }))
  await fc.assert(
    fc.asyncProperty(condition, async (sql) => {
      const clauses = clausesOf(sql)
      expect(clauses).toHaveLength(termsOf(await expression(sql)))
      expect(plain(await expression(clauses.map((clause) => `(${clause})`).join(' AND ')))).toEqual(
        plain(await expression(sql)),
      )
    }),
    { numRuns: 60 },
  )
})

function plain(tree: unknown): unknown {
  return JSON.parse(JSON.stringify(tree, (key, value: unknown) => (key === 'query_location' ? undefined : value)))
}

it('writes {now} as a UTC literal, but not in quotes and comments', () => {
  const time = '2026-11-22T01:02:03.456Z'
  expect(withNow("a > {now} AND b = '{now}' -- {now}\n AND c < {now}", time)).toBe(
    "a > TIMESTAMP '2026-11-22 01:02:03.456' AND b = '{now}' -- {now}\n AND c < TIMESTAMP '2026-11-22 01:02:03.456'",
  )
})

it.each(["2026-11-22T01:02:03Z' OR 1", '2026-11-22', '2026-11-22T01:02:03+01:00', ''])(
  'refuses %j as a time',
  (time) => {
    expect(() => withNow('a', time)).toThrow(expect.objectContaining({ code: 'USAGE' }))
  },
)

it('finds the place of what stands after a {now}', () => {
  const sql = 'x > {now} AND y > {now} AND z'
  const long = withNow(sql, '2026-11-22T01:02:03Z')
  const growth = withNow('{now}', '2026-11-22T01:02:03Z').length - 5
  for (const name of ['x', 'y', 'z']) expect(beforeNow(sql, long.indexOf(name), growth)).toBe(sql.indexOf(name))
})
