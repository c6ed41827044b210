import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { duckdbTransform } from '#engine/adapters/embedded/duckdb-transform.ts'
import { duckdbWarehouse } from '#engine/adapters/embedded/duckdb-warehouse.ts'
import { folderLake } from '#engine/adapters/embedded/folder-lake.ts'
import type { Column, TopicShape } from '#engine/core/columns.ts'
import type { TablePlan } from '#engine/core/plan.ts'
import { batchOf, objectsOf } from '#engine/ports/transform-samples.contract.ts'
import type { Picked, Slice, Transform } from '#engine/ports/transform.ts'
import { QUIET } from '#tests/cli/quiet-log.ts'
import { asValue } from './compare.ts'
import type { FilterAnswer, FilterRun, Ndjson, Rows, SqlEngine } from './sql-engine.ts'

/** The embedded engine, through the adapters that a pipeline runs on: filters by the transform, analyses by the warehouse. */
export async function openDuckdbEngine(): Promise<SqlEngine> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-conformance-'))
  const root = join(folder, 'lake')
  const lake = await folderLake.open({ root }, { log: QUIET })
  const warehouse = await duckdbWarehouse.open({ root, tempFolder: join(folder, 'temp') }, { log: QUIET })
  const transform = await duckdbTransform.open({ folder: join(folder, 'transform') }, { log: QUIET })
  return {
    name: 'duckdb',
    dialect: 'duckdb',
    filter: (run, records) => filter(transform, run, records),
    load: async (table, records) => {
      const { partitionBy, columns, format } = table
      const slice = await sliceOf(transform, shapeOf(table), records)
      for (const file of await transform.write({ columns, format, partitionBy }, [slice])) {
        await lake.adopt([table.path, file.folder, `rows.${format}`].filter(Boolean).join('/'), file.localFile)
      }
      await warehouse.ensureTable(table)
    },
    query: async (sql) => {
      const pages = await Array.fromAsync(warehouse.query(sql))
      const columns = pages[0]?.columns.map(({ name }) => name) ?? []
      return { columns, rows: pages.flatMap(({ rows }) => rows.map((row) => row.map(asValue))) }
    },
    async [Symbol.asyncDispose]() {
      for (const part of [transform, warehouse, lake]) await part.close()
      rmSync(folder, { recursive: true })
    },
  }
}

/** The rows of a table as records of a topic that has its columns: partitioned by the one timestamp that is their time. */
function shapeOf({ name, columns, partitionBy }: TablePlan): TopicShape {
  const time = partitionBy.length === 0 ? undefined : columns.findLast(({ type }) => type === 'timestamp')?.name
  return { topic: name, columns, ...(time !== undefined && { time }) }
}

async function sliceOf(transform: Transform, shape: TopicShape, records: Ndjson): Promise<Slice> {
  const parsed = await transform.parse(shape, batchOf(records.split('\n')))
  if (parsed.rejects.length > 0) throw new Error(`rows of ${shape.topic}: ${JSON.stringify(parsed.rejects)}`)
  return { parsed, from: 0 }
}

async function filter(transform: Transform, run: FilterRun, records: Ndjson): Promise<FilterAnswer> {
  const { filter: plan, shape, keptAs } = run
  const { where, clauses, select } = plan
  const program = {
    clauses,
    otherwise: plan.otherwise !== undefined,
    ...(where && { where }),
    ...(select && { select }),
  }
  const { kept, otherwise, dropped, failed } = await transform.filter(program, await sliceOf(transform, shape, records))
  if (failed.length > 0) throw new Error(`${plan.name} failed: ${JSON.stringify(failed)}`)
  const refusedAs: readonly Column[] = [...shape.columns, { name: 'reason', type: 'string' }]
  return {
    kept: await pickedRows(transform, keptAs, kept),
    ...(otherwise && { otherwise: await pickedRows(transform, refusedAs, otherwise) }),
    dropped,
  }
}

/** What a filter has put into the next topic, as readers of that topic see it. */
async function pickedRows(transform: Transform, columns: readonly Column[], { ndjson }: Picked): Promise<Rows> {
  if (ndjson.length === 0) return []
  const slice = await sliceOf(transform, { topic: 'picked', columns }, new TextDecoder().decode(ndjson))
  const cast = await transform.rows(columns, slice)
  return objectsOf(cast.ndjson).map((row) => Object.values(row).map(asValue))
}
