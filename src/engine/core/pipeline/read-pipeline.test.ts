import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readPipeline } from './read-pipeline.ts'

const example = readFileSync('resources/pipelines/customers.yaml', 'utf8')

it('keeps the order of the file', () => {
  const { pipeline } = readPipeline(example, { file: 'x' })
  expect(Object.keys(pipeline?.topics['customers-raw']?.columns ?? {})).toEqual([
    'customer_id',
    'first_name',
    'last_name',
    'email',
    'age',
    'country',
    'city',
    'signed_up',
    'total_spent',
  ])
  expect(Object.keys(pipeline?.analyses ?? {})).toEqual(['spending_by_city', 'ages', 'reasons', 'sign_ups'])
})

it('reads a file with a byte order mark and with Windows line ends', () => {
  const marked = readPipeline(`\uFEFF${example.replaceAll('\n', '\r\n')}`, { file: 'x' })
  expect(marked.problems).toEqual([])
  expect(marked.pipeline?.name).toBe('customers')
})

it('follows aliases, and places what is wrong within them', () => {
  const text = 'name: a\ntopics:\n  t: &t { columns: { id: strng } }\n  u: *t\n'
  expect(readPipeline(text, { file: 'x' }).problems).toMatchObject([
    { line: 3, column: 26, key: 'topics.t.columns.id' },
    { line: 3, column: 26, key: 'topics.u.columns.id' },
  ])
})

it('says where a value stands whose key is missing: at the key above', () => {
  expect(
    readPipeline('name: a\ntopics:\n  t: { columns: { id: string } }\nfilters:\n  f: { from: t }\n', { file: 'x' })
      .problems,
  ).toEqual([
    {
      file: 'x',
      line: 5,
      column: 6,
      key: 'filters.f.to',
      message: 'filters.f.to is missing.',
      remedy: 'The topic that gets what is kept.',
      severity: 'error',
    },
  ])
})

it('refuses aliases that unfold to billions', () => {
  const bomb = Array.from(
    { length: 9 },
    (_, i) =>
      `a${i}: &a${i} [${Array(9)
        .fill(i === 0 ? 'x' : `*a${i - 1}`)
        .join(', ')}]`,
  )
  const { problems } = readPipeline(bomb.join('\n'), { file: 'x' })
  expect(problems).toHaveLength(1)
  expect(problems[0]?.message).toMatch(/alias/i)
})

it.each([
  ['nothing', ''],
  ['a list', '- a\n- b'],
  ['a text', 'hello'],
  ['null', '~'],
  ['binary', '\u0000\u0001\u0002'],
  ['deep nesting', '['.repeat(20_000)],
  ['closed deep nesting', `${'['.repeat(5000)}${']'.repeat(5000)}`],
  ['a file larger than 1 MiB', '#'.repeat(2 ** 20 + 1)],
  ['two documents', 'name: a\n---\nname: b\n'],
  ['a prototype', '__proto__: { name: a }\nconstructor: 1\ntopics: { __proto__: { columns: {} } }'],
  ['keys that are no texts', '? [a, b]\n: 1\n1: 2\ntopics: { 5: { columns: { id: string } } }'],
])('tells what is wrong with %s', (_, text) => {
  const { pipeline, problems } = readPipeline(text, { file: 'x' })
  expect(pipeline).toBeUndefined()
  expect(problems.length).toBeGreaterThan(0)
  for (const problem of problems) expect(problem.line).toBeGreaterThan(0)
})

it('never throws, whatever the text', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), fc.json()), (text) => {
      const { pipeline, problems } = readPipeline(text, { file: 'x' })
      expect(pipeline !== undefined || problems.length > 0).toBe(true)
    }),
    { numRuns: 150 },
  )
})

it('never throws for a pipeline that was cut, doubled or scribbled on, and places every problem in the file', () => {
  const places = fc.nat({ max: example.length })
  const lines = example.split('\n').length
  fc.assert(
    fc.property(places, places, fc.string({ maxLength: 8 }), (from, to, between) => {
      const text = example.slice(0, from) + between + example.slice(to)
      for (const { line, column } of readPipeline(text, { file: 'x' }).problems) {
        expect(line >= 1 && line <= lines * 2 + 8 && column >= 1).toBe(true)
      }
    }),
    { numRuns: 100 },
  )
})
