import { routeRecords } from '#engine/core/route-records.ts'
import { expect, it } from 'vitest'
import { z } from 'zod'
import type { Json } from '#engine/core/json.ts'
import { columnsOf, drain, failure, parsed, producerContext, recordsOf, LARGE } from '#tests/producer-context.ts'
import { generator } from './generator.ts'

const NOW = Date.UTC(2026, 10, 22, 1, 2, 3, 456)
const SPACE = {
  id: { pattern: 'obj-{sequence}' },
  kind: { choice: { meteorite: 0.8, exoplanet: 0.2 } },
  name: { faker: 'science.chemicalElement.name' },
  diameter_m: { lognormal: { median: 90, sigma: 1.1 } },
  speed_kms: { uniform: [5, 72] },
  distance_km: { lognormal: { median: 9_000_000, sigma: 1.2 } },
  observed_at: { now: true },
}

interface Wish {
  readonly record?: object
  readonly settings?: object
  readonly context?: Parameters<typeof producerContext>[0]
}

async function made({ record = SPACE, settings = {}, context = {} }: Wish) {
  const all = { rate: 0, count: 1_000, seed: 42, record, ...settings }
  await using source = await generator.open(all, producerContext({ clock: () => NOW, ...context }))
  const drained = await drain(source)
  return {
    ...drained,
    records: () => drained.lines.map((line) => z.record(z.string(), z.unknown()).parse(parsed(line))),
  }
}

it('makes the same records from the same seed, and others from another', async () => {
  const { lines } = await made({})
  expect((await made({})).lines).toEqual(lines)
  expect((await made({ settings: { seed: 43 } })).lines).not.toEqual(lines)
})

it('makes the same records whatever the limits of a pull are, and after each stop goes on exactly where it was', async () => {
  const { lines, keys } = await made({ context: { key: 'id' } })
  const pieces: string[] = []
  const pieceKeys: (string | null)[] = []
  let position: Json | undefined
  for (const records of [1, 7, 992, 5]) {
    const context = producerContext({ clock: () => NOW, key: 'id', ...(position !== undefined && { position }) })
    await using source = await generator.open({ rate: 0, count: 1_000, seed: 42, record: SPACE }, context)
    const piece = await drain(source, { records, bytes: 1_000_000 }, 1)
    pieces.push(...piece.lines)
    pieceKeys.push(...piece.keys)
    position = piece.position
  }
  expect(pieces).toEqual(lines)
  expect(pieceKeys).toEqual(keys)
})

it('goes on with the seed it drew where none was given', async () => {
  const settings = { rate: 0, count: 20, record: SPACE }
  const whole = { ...settings, seed: 0 }
  await using first = await generator.open(settings, producerContext())
  const { position } = await drain(first, { records: 10, bytes: 1_000_000 }, 1)
  const { seed } = z.object({ seed: z.int() }).parse(position)
  await using second = await generator.open(settings, producerContext({ position: position ?? null }))
  await using reference = await generator.open({ ...whole, seed }, producerContext())
  expect((await drain(second)).lines).toEqual((await drain(reference)).lines.slice(10))
})

it('keeps to the limits of a pull, but gives one record at least', async () => {
  await using source = await generator.open({ rate: 0, count: 100, seed: 1, record: SPACE }, producerContext())
  const small = await source.next({ records: 50, bytes: 1 })
  const some = await source.next({ records: 50, bytes: 4_000 })
  if (typeof small === 'string' || typeof some === 'string') throw new Error('nothing given')
  expect(recordsOf(small).count).toBe(1)
  expect(recordsOf(some).count).toBeGreaterThan(5)
  expect(recordsOf(some).ndjson.length).toBeLessThanOrEqual(4_000)
})

it('ends after its count, and stays ended', async () => {
  const { lines, ended, position } = await made({ settings: { count: 12 } })
  expect(lines).toHaveLength(12)
  expect(ended).toBe(true)
  expect((await made({ settings: { count: 12 }, context: { position: position ?? null } })).lines).toEqual([])
  expect(generator.finite({ record: {} })).toBe(false)
  expect(generator.finite({ record: {}, count: 1 })).toBe(true)
})

it('keeps its rate, and says when it is due', async () => {
  let now = NOW
  const settings = { rate: 20, count: 100, seed: 1, record: SPACE }
  await using source = await generator.open(settings, producerContext({ clock: () => now }))
  expect((await drain(source)).lines).toHaveLength(1)
  expect(source.dueAt).toBe(NOW + 50)
  now = NOW + 1_000
  expect((await drain(source)).lines).toHaveLength(20)
})

it('makes up for no time in which it was stopped', async () => {
  let now = NOW
  const settings = { rate: 10, count: 1_000, seed: 1, record: SPACE }
  const context = (given: { readonly position?: Json } = {}) => producerContext({ clock: () => now, ...given })
  await using before = await generator.open(settings, context())
  const { position } = await drain(before)
  now += 3_600_000
  await using after = await generator.open(settings, context({ position: position ?? null }))
  expect((await drain(after)).lines).toHaveLength(1)
})

it('makes each kind of field as it says', async () => {
  const record = {
    n: { sequence: true },
    text: { pattern: 'a"{sequence}"é-{sequence}' },
    list: { choice: ['x', 1, true, null] },
    turn: { cycle: ['a', 'b', 'c'] },
    uniform: { uniform: [-1, 1] },
    dice: { int: [1, 6] },
    normal: { normal: { mean: 100, sd: 15 } },
    long_tail: { lognormal: { median: 90, sigma: 1 } },
    half: { boolean: 0.5 },
    constant: { const: 'a\nb' },
    category: { lookup: { of: 'turn', values: { a: 'first', b: 2 } } },
    low: { below: { of: 'dice', limit: 3 } },
    at: { now: true },
    day: { now: true },
  }
  const columns = columnsOf({ at: 'timestamp', day: 'date' })
  const records = (await made({ record, settings: { count: 2_000 }, context: { columns } })).records()
  expect(records.map(({ n }) => n)).toEqual(records.map((_, n) => n))
  expect(records[7]).toMatchObject({
    text: 'a"7"é-7',
    turn: 'b',
    category: 2,
    constant: 'a\nb',
    at: new Date(NOW).toJSON(),
  })
  expect(records[8]).toMatchObject({ turn: 'c', category: null, day: '2026-11-22' })
  expect(new Set(records.map(({ list }) => list))).toEqual(new Set(['x', 1, true, null]))
  expect(new Set(records.map(({ dice }) => dice))).toEqual(new Set([1, 2, 3, 4, 5, 6]))
  for (const { dice, low, uniform } of records) {
    expect(low).toBe(Number(dice) < 3)
    expect(Math.abs(Number(uniform))).toBeLessThanOrEqual(1)
  }
  const middle = (name: string) => records.map((each) => Number(each[name])).toSorted((a, b) => a - b)[1_000]
  expect(middle('normal')).toBeGreaterThan(98)
  expect(middle('normal')).toBeLessThan(102)
  expect(middle('long_tail')).toBeGreaterThan(83)
  expect(middle('long_tail')).toBeLessThan(98)
  const halves = records.filter(({ half }) => half === true).length
  expect(halves).toBeGreaterThan(900)
  expect(halves).toBeLessThan(1_100)
})

it('chooses by the weights', async () => {
  const records = (await made({ settings: { count: 10_000 } })).records()
  const meteorites = records.filter(({ kind }) => kind === 'meteorite').length
  expect(meteorites).toBeGreaterThan(7_850)
  expect(meteorites).toBeLessThan(8_150)
})

it('writes numbers as their column takes them', async () => {
  const record = { whole: { uniform: [0, 1_000] }, money: { uniform: [0, 1_000] }, millis: { now: true } }
  const columns = columnsOf({ whole: 'int', money: 'decimal(8,2)', millis: 'long' })
  for (const line of (await made({ record, context: { columns } })).lines) {
    expect(line).toMatch(/^\{"whole":\d+,"money":\d+\.\d\d,"millis":\d+\}$/)
  }
})

it('gives the text of the key column as the key, null as none', async () => {
  const record = { id: { pattern: 'é"{sequence}' }, n: { sequence: true }, none: { const: null } }
  const keysOf = async (key: string) => (await made({ record, settings: { count: 2 }, context: { key } })).keys
  expect(await keysOf('id')).toEqual(['é"0', 'é"1'])
  expect(await keysOf('n')).toEqual(['0', '1'])
  expect(await keysOf('none')).toEqual([null, null])
})

it('makes the faults it is asked for in their shares, the same ones again', async () => {
  const faults = { malformed: 0.1, late: 0.2, duplicate: 0.05 }
  const settings = { count: 10_000, faults }
  const { lines } = await made({ settings })
  expect((await made({ settings })).lines).toEqual(lines)
  const broken = lines.filter((line) => !line.endsWith('}'))
  for (const line of broken) expect(() => parsed(line)).toThrow(SyntaxError)
  expect(broken.length).toBeGreaterThan(850)
  expect(broken.length).toBeLessThan(1_150)
  const twice = lines.filter((line, n) => line === lines[n - 1]).length
  expect(twice).toBeGreaterThan(400)
  expect(twice).toBeLessThan(600)
  const late = lines.filter((line) => line.endsWith('}') && !line.includes(new Date(NOW).toJSON())).length
  expect(late).toBeGreaterThan(1_600)
  expect(late).toBeLessThan(2_000)
})

it('makes a thousand different values of a faker method', async () => {
  const { lines } = await made({ record: { name: { faker: 'person.fullName' } }, settings: { count: 5_000 } })
  expect(new Set(lines).size).toBeGreaterThan(900)
})

it('makes empty objects of an empty record', async () => {
  expect((await made({ record: {}, settings: { count: 2 } })).lines).toEqual(['{}', '{}'])
})

it('refuses what it can’t make, and names it', async () => {
  const refusals = [
    { record: { name: { faker: 'helpers.fake' } }, says: /helpers\.fake/ },
    { record: { name: { faker: 'person.nobody' } }, says: /person\.nobody/ },
    { record: { name: { faker: 'person.constructor' } }, says: /person\.constructor/ },
    { record: { name: { faker: 'person.firstName.length.nothing' } }, says: /nothing/ },
    { record: { low: { below: { of: 'later', limit: 1 } } }, says: /later/ },
    { record: { low: { unheard: 1 } }, says: /generator/ },
  ]
  for (const { record, says } of refusals) {
    const error = await failure(made({ record }))
    expect(error.code).toBe('PIPELINE_INVALID')
    expect(error.message).toMatch(says)
  }
  expect((await failure(made({ context: { key: 'absent' } }))).code).toBe('PIPELINE_INVALID')
  expect((await failure(made({ context: { position: { n: 'x' } } }))).code).toBe('STORE_DAMAGED')
})

it('gives the same records by partition where it is told how many there are, as the router would', async () => {
  const settings = { rate: 0, count: 500, seed: 3, record: SPACE }
  await using plain = await generator.open(settings, producerContext({ key: 'id' }))
  await using routing = await generator.open(settings, producerContext({ key: 'id', partitions: 3 }))
  const [records, pulled] = [await plain.next(LARGE), await routing.next(LARGE)]
  if (typeof records === 'string' || typeof pulled === 'string' || !('routed' in pulled))
    throw new Error('nothing routed')
  const expected = routeRecords(recordsOf(records), 3, 0)
  const plainly = (routes: typeof expected) =>
    routes.map(({ partition, records: { count, ndjson, keys } }) => ({
      partition,
      count,
      keys,
      text: Buffer.from(ndjson).toString(),
    }))
  expect(plainly(pulled.routed)).toEqual(plainly(expected))
  expect(pulled.routed.map(({ records: { ends, ndjson } }) => ends?.at(-1) === ndjson.length)).toEqual([
    true,
    true,
    true,
  ])
})
