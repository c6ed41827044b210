import { recordsOf as pulledRecords } from '#tests/producer-context.ts'
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { openDuckdbSqlParser } from '#engine/adapters/embedded/duckdb-sql-parser.ts'
import { duckdbTransform } from '#engine/adapters/embedded/duckdb-transform.ts'
import { openPgliteDatabase } from '#engine/adapters/embedded/pglite-database.ts'
import type { Batch, Records } from '#engine/core/batch.ts'
import type { FilterPlan, Plan } from '#engine/core/plan.ts'
import type { Json } from '#engine/core/json.ts'
import type { Slice, Transform } from '#engine/ports/transform.ts'
import { producerKind } from '#engine/producers/catalogue.ts'
import { validatePipeline } from '#engine/services/validate.ts'

const FOLDER = join(import.meta.dirname, '..', 'resources', 'pipelines')
const QUIET = { debug() {}, info() {}, warn() {}, error() {} }

it('gives the counts of the bundled customers that Python finds in the same file', { timeout: 120_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-customers-'))
  try {
    expect(await countOurs(folder)).toEqual(await countByPython())
  } finally {
    rmSync(folder, { recursive: true })
  }
})

async function countByPython(): Promise<unknown> {
  const script = join(import.meta.dirname, 'customers_oracle.py')
  return JSON.parse((await promisify(execFile)('python3', [script])).stdout)
}

async function countOurs(folder: string): Promise<Record<string, unknown>> {
  const plan = await customersPlan()
  await using transform = await duckdbTransform.open({ folder: join(folder, 'transform') }, { log: QUIET })
  await using database = await openPgliteDatabase(join(folder, 'database'))
  const raw = await parsed(transform, plan, 'customers-raw', await allRecords(plan))
  const complete = await transform.filter(programOf(plan, 'complete'), raw)
  const valid = await parsed(
    transform,
    plan,
    'customers-valid',
    batchOf('customers-valid', pickedRecords(complete.kept)),
  )
  const usa = await transform.filter(programOf(plan, 'usa'), valid)
  const sink = plan.databaseSinks[0]
  if (!sink) throw new Error('customers has no database sink')
  const table = { name: sink.table, columns: sink.columns, ...(sink.key && { key: sink.key }) }
  await database.ensureTable(table)
  const { rejects, batch } = raw.parsed
  const at = { sink: sink.group, topic: batch.topic, partition: 0, first: 0, next: batch.nextOffset }
  const filed = await database.insert(table, {
    ...at,
    ...(await transform.rows(sink.columns, raw)),
    rejected: rejects.length,
    lost: 0,
  })
  const byField: Record<string, number> = {}
  for (const { field } of rejects) byField[field] = (byField[field] ?? 0) + 1
  expect(filed).toMatchObject({ in: batch.count, failed: 0 })
  const incomplete = complete.otherwise?.indexes.length ?? 0
  return {
    rows: batch.count,
    rejected: rejects.length,
    rejected_by_field: byField,
    parsed: filed.inserted + filed.updated,
    incomplete,
    complete: complete.kept.indexes.length,
    usa: usa.kept.indexes.length,
    foreign: usa.dropped,
    alerts: incomplete + rejects.length,
    customers: filed.inserted,
  }
}

async function customersPlan(): Promise<Plan> {
  await using parser = await openDuckdbSqlParser()
  const file = join(FOLDER, 'customers.yaml')
  const { plan, problems } = await validatePipeline(readFileSync(file, 'utf8'), { file, folder: FOLDER }, parser)
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([])
  if (!plan) throw new Error('customers.yaml has no plan')
  return plan
}

async function allRecords(plan: Plan): Promise<Batch> {
  const [producer] = plan.producers
  if (!producer) throw new Error('customers has no producer')
  const columns = plan.topics.find(({ topic }) => topic === producer.to)?.columns ?? []
  const context = { topic: producer.to, columns, log: QUIET, signal: new AbortController().signal }
  const clock = () => 0
  await using source = await producerKind(producer.kind).open(producer.settings, { ...context, clock, newId: String })
  const pulled = await source.next({ records: 1_000_000, bytes: 2 ** 30 })
  if (typeof pulled === 'string') throw new Error('the file gives nothing')
  const position: Json = pulled.position
  expect(position).toBeTypeOf('object')
  expect(await source.next({ records: 1, bytes: 1 })).toBe('end')
  return batchOf(producer.to, pulledRecords(pulled))
}

async function parsed(transform: Transform, plan: Plan, topic: string, batch: Batch): Promise<Slice> {
  const shape = plan.topics.find((declared) => declared.topic === topic)
  if (!shape) throw new Error(`no topic ${topic}`)
  return { parsed: await transform.parse(shape, batch), from: 0 }
}

function programOf(plan: Plan, name: string) {
  const filter = plan.filters.find((declared): declared is FilterPlan => declared.name === name)
  if (!filter) throw new Error(`no filter ${name}`)
  const { where, clauses, select, otherwise } = filter
  return { clauses, otherwise: otherwise !== undefined, ...(where && { where }), ...(select && { select }) }
}

function pickedRecords({ indexes, ndjson }: { readonly indexes: Uint32Array; readonly ndjson: Uint8Array }): Records {
  return { count: indexes.length, ndjson }
}

function batchOf(topic: string, { count, ndjson, exact }: Records): Batch {
  const keys = Array.from({ length: count }, () => null)
  const timestamps = new Float64Array(count)
  const whole = { topic, partition: 0, firstOffset: 0, nextOffset: count, count, timestamps, keys, ndjson }
  return { ...whole, ...(exact && { exact }) }
}
