import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'

const jsonSchema = z
  .record(z.string(), z.json())
  .parse(JSON.parse(readFileSync('resources/pipeline.schema.json', 'utf8')))
const schema = z.fromJSONSchema(jsonSchema)

it.each(['space-objects', 'planetarium', 'customers', 'weather', 'instocknow'])(
  'the JSON Schema for editors takes %s',
  (name) => {
    const value: unknown = parse(readFileSync(`resources/pipelines/${name}.yaml`, 'utf8'))
    expect(schema.safeParse(value).error?.issues ?? []).toEqual([])
  },
)

it.each([
  ['an unknown key', { name: 'a', topics: {}, topisc: {} }],
  ['a topic without its map', { name: 'a', topics: { t: 5 } }],
  ['an unknown type', { name: 'a', topics: { t: { columns: { id: 'text' } } } }],
  ['a duration without a unit', { name: 'a', topics: { t: { columns: { id: 'string' }, retention: { age: '7' } } } }],
  ['no topics', { name: 'a' }],
])('and refuses %s', (_, value) => {
  expect(schema.safeParse(value).success).toBe(false)
})
