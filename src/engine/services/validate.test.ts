import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDuckdbSqlParser } from '#engine/adapters/embedded/duckdb-sql-parser.ts'
import type { Plan } from '#engine/core/plan.ts'
import type { SqlParser } from '#engine/ports/sql-parser.ts'
import { validatePipeline, type Verdict } from './validate.ts'

const FIXTURES = 'tests/fixtures/pipelines'
const FIVE = ['space-objects', 'planetarium', 'customers', 'weather', 'instocknow']

let parser: SqlParser
beforeAll(async () => {
  parser = await openDuckdbSqlParser()
})
afterAll(() => parser.close())

function validate(path: string, overrides = {}): Promise<Verdict> {
  const file = path.split('/').at(-1) ?? path
  return validatePipeline(readFileSync(path, 'utf8'), { file, folder: '/home/me/pipelines', overrides }, parser)
}

async function planOf(name: string, overrides = {}): Promise<Plan> {
  const { plan } = await validate(`resources/pipelines/${name}.yaml`, overrides)
  if (plan === undefined) throw new Error(`${name} has no plan`)
  return plan
}

describe('tells every mistake with its line, column, key and remedy', () => {
  const files = readdirSync(FIXTURES).filter((file) => file.endsWith('.yaml'))
  it.each(files)('%s', async (file) => {
    const { plan, problems } = await validate(`${FIXTURES}/${file}`)
    const lines = problems.map((found) => {
      const { line, column, severity, key, message, remedy } = found
      return `${line}:${column} ${severity} ${key}\n  ${message}\n  ${remedy}\n`
    })
    expect(plan).toBeUndefined()
    await expect(lines.join('')).toMatchFileSnapshot(`../../../${FIXTURES}/${file.replace('.yaml', '.problems.txt')}`)
  })
})

it.each(FIVE)('the bundled %s has no problem at all', async (name) => {
  const { plan, problems } = await validate(`resources/pipelines/${name}.yaml`)
  expect(problems).toEqual([])
  expect(plan?.name).toBe(name)
})

it.each(FIVE)('the plan of %s crosses to a job process as JSON unchanged', async (name) => {
  const plan = await planOf(name)
  expect(JSON.parse(JSON.stringify(plan))).toEqual(plan)
})

it('says the name of a file that has mistakes', async () => {
  expect((await validate(`${FIXTURES}/wiring.yaml`)).name).toBe('wiring')
})

describe('space-objects', () => {
  it('has a checked topic, its dead letters, and a trusted one that only a filter writes', async () => {
    const { topics, checkers } = await planOf('space-objects')
    expect(topics.map(({ columns, ...topic }) => ({ ...topic, columns: columns.length }))).toEqual([
      { topic: 'space_data', partitions: 3, external: false, trusted: false, time: 'observed_at', columns: 7 },
      { topic: 'space_data.rejected', partitions: 3, external: false, trusted: true, columns: 5 },
      { topic: 'space_alerts', partitions: 3, external: false, trusted: true, time: 'observed_at', columns: 7 },
    ])
    expect(checkers).toEqual([
      { topic: 'space_data', rejected: 'space_data.rejected', group: 'sluice.space-objects.space_data.checker' },
    ])
  })

  it('has a filter with its clauses apart, and an alert', async () => {
    expect((await planOf('space-objects')).filters).toEqual([
      {
        name: 'dangerous',
        from: ['space_data'],
        to: 'space_alerts',
        where: 'diameter_m > 140 AND distance_km < 7500000',
        clauses: ['diameter_m > 140', 'distance_km < 7500000'],
        alert: { severity: 'high', message: '{name}: {diameter_m} m wide, {distance_km} km away' },
        onDataLoss: 'fail',
        group: 'sluice.space-objects.dangerous',
      },
    ])
  })

  it('has sinks that close at the usual sizes, and tables over what they fill', async () => {
    const { lakeSinks, tables } = await planOf('space-objects')
    expect(lakeSinks[1]).toMatchObject({
      name: 'alerts',
      from: ['space_alerts'],
      path: '/data/space/alerts',
      format: 'parquet',
      partitionBy: ['dt'],
      onDataLoss: 'fail',
      close: { rows: 200_000, bytes: 134_217_728 },
      group: 'sluice.space-objects.alerts',
    })
    expect(
      tables.map(({ columns, ...table }) => [table.name, table.path, table.partitionBy, table.snapshots, columns]),
    ).toEqual([
      ['objects', '/data/space/all', ['dt', 'hour'], false, lakeSinks[0]?.columns],
      ['alerts', '/data/space/alerts', ['dt'], false, lakeSinks[1]?.columns],
      [
        'top5_fastest',
        '/data/space/analyses/top5_fastest',
        [],
        true,
        [
          { name: 'id', type: 'string' },
          { name: 'name', type: 'string' },
          { name: 'kind', type: 'string' },
          { name: 'speed_kms', type: 'double' },
        ],
      ],
    ])
  })

  it('has analyses with {now} still in them, and endpoints', async () => {
    const { analyses, endpoints } = await planOf('space-objects')
    expect(analyses[0]).toMatchObject({
      title: 'Objects in the last 24 hours',
      chart: { type: 'bar', x: 'kind', y: 'n' },
      schedule: '0 * * * *',
    })
    expect(analyses[0]?.sql.default).toContain("{now} - INTERVAL '24' HOUR")
    expect(analyses[1]?.into).toEqual({ path: '/data/space/analyses/top5_fastest', table: 'top5_fastest', keep: 10 })
    expect(endpoints[0]).toEqual({
      method: 'GET',
      path: '/objects',
      sql: 'SELECT * FROM objects ORDER BY observed_at DESC',
      limit: 100,
    })
  })

  it('has a finite generator whose rate and count the caller may override', async () => {
    const plain = (await planOf('space-objects')).producers[0]
    expect(plain).toMatchObject({ kind: 'generator', finite: true, rate: 20, key: 'id', settings: { count: 100_000 } })
    expect(plain?.group).toBe('sluice.producer.space-objects.simulator')
    const fast = (await planOf('space-objects', { rate: 0, count: 5 })).producers[0]
    expect(fast).toMatchObject({ finite: true, settings: { rate: 0, count: 5, seed: 42 } })
    expect(fast).not.toHaveProperty('rate')
  })
})

describe('customers', () => {
  it('reads a file beside the pipeline, in a producer that ends', async () => {
    expect((await planOf('customers')).producers).toEqual([
      {
        name: 'file',
        to: 'customers-raw',
        key: 'customer_id',
        kind: 'csv',
        settings: { file: '/home/me/data/customers.csv', rate: 0 },
        finite: true,
        group: 'sluice.producer.customers.file',
      },
    ])
  })

  it('splits off what is incomplete with a reason, and drops other countries', async () => {
    const { filters, topics } = await planOf('customers')
    expect(filters[0]).toMatchObject({
      to: 'customers-valid',
      otherwise: 'customers-alerts',
      clauses: ["trim(first_name) <> ''", "trim(last_name) <> ''", "instr(email, '@') > 1", 'age IS NOT NULL'],
      onDataLoss: 'continue',
    })
    expect(filters[0]?.select?.[5]).toEqual({ name: 'country', sql: "upper(replace(trim(country), '.', ''))" })
    expect(filters[1]).not.toHaveProperty('otherwise')
    const alerts = topics.find(({ topic }) => topic === 'customers-alerts')
    expect(alerts?.columns.at(-1)).toEqual({ name: 'reason', type: 'string' })
  })

  it('unites incomplete and rejected records in one sink, one reason column for both', async () => {
    const sink = (await planOf('customers')).lakeSinks.find(({ name }) => name === 'alert_files')
    expect(sink?.from).toEqual(['customers-alerts', 'customers-raw.rejected'])
    expect(sink?.columns.map(({ name }) => name)).toEqual([
      'customer_id',
      'first_name',
      'last_name',
      'email',
      'age',
      'country',
      'city',
      'signed_up',
      'total_spent',
      'reason',
      'source_partition',
      'source_offset',
      'field',
      'raw',
    ])
    expect(sink?.columns[0]).not.toHaveProperty('required')
  })

  it('upserts every parsed record by its number', async () => {
    expect((await planOf('customers')).databaseSinks).toMatchObject([
      {
        name: 'database',
        from: ['customers-raw'],
        table: 'customers',
        key: 'customer_id',
        group: 'sluice.customers.database',
      },
    ])
  })
})

it('types the columns of an aggregate, of sessions too', async () => {
  const { tables } = await planOf('planetarium')
  expect(tables.find(({ name }) => name === 'statistics')).toEqual({
    name: 'statistics',
    path: '/user/hive/warehouse/planetarium/statistics',
    format: 'parquet',
    partitionBy: [],
    snapshots: true,
    columns: [
      { name: 'method', type: 'string' },
      { name: 'planets', type: 'long' },
      { name: 'mean_mass', type: 'double' },
      { name: 'mean_distance', type: 'double' },
      { name: 'smallest_radius', type: 'double' },
      { name: 'largest_radius', type: 'double' },
    ],
  })
  expect((await planOf('instocknow')).aggregates[0]).toEqual({
    name: 'missing_products',
    from: ['instocknow-alerts'],
    groupBy: ['shop', 'product'],
    measures: [
      { name: 'first_seen', function: 'min', argument: 'seen_at' },
      { name: 'last_seen', function: 'max', argument: 'seen_at' },
      { name: 'alerts', function: 'count' },
      { name: 'restock', function: 'last', argument: 'capacity - quantity' },
    ],
    window: { gapMs: 30_000, time: 'seen_at' },
    to: 'instocknow-missing-products',
    group: 'sluice.instocknow.missing_products',
  })
})

it('puts the dead letters of a topic of others under our own name, and never trusts it', async () => {
  const text = `
    name: guest
    topics: { theirs: { external: true, columns: { id: string } } }
    sinks: { all: { from: [guest.theirs.rejected], lake: { path: /x, close: { age: 1 minute } } } }`
  const { plan } = await validatePipeline(text, { file: 'guest.yaml' }, parser)
  expect(plan?.topics.map(({ topic, trusted, external }) => [topic, trusted, external])).toEqual([
    ['theirs', false, true],
    ['guest.theirs.rejected', true, false],
  ])
  expect(plan?.lakeSinks[0]?.close.ageMs).toBe(60_000)
})
