import type { DatabaseSinkPlan, LakeSinkPlan } from '#engine/core/plan.ts'
import { uniteColumns } from './column-union.ts'
import type { Pipeline } from './pipeline-schema.ts'
import type { Topics } from './topic-graph.ts'

/** A file closes at so many rows, or bytes of records, if nothing is said. */
const DEFAULT_ROWS = 200_000
const DEFAULT_BYTES = 128 * 1024 * 1024

/** The sinks that file records in the lake. */
export function lakeSinks(pipeline: Pipeline, topics: Topics): readonly LakeSinkPlan[] {
  return Object.entries(pipeline.sinks).flatMap(([name, { from, lake, on_data_loss: onDataLoss }]) => {
    if (lake === undefined) return []
    const { path, format, partition_by: partitionBy, close } = lake
    const { rows = DEFAULT_ROWS, bytes = DEFAULT_BYTES, age } = close
    return [
      {
        name,
        from,
        path,
        format,
        partitionBy,
        columns: uniteColumns(topics, from)?.columns ?? [],
        onDataLoss,
        close: { rows, bytes, ...(age === undefined ? {} : { ageMs: age }) },
        group: `sluice.${pipeline.name}.${name}`,
      },
    ]
  })
}

/** The sinks that write database tables. */
export function databaseSinks(pipeline: Pipeline, topics: Topics): readonly DatabaseSinkPlan[] {
  return Object.entries(pipeline.sinks).flatMap(([name, { from, database, on_data_loss: onDataLoss }]) => {
    if (database === undefined) return []
    const columns = uniteColumns(topics, from)?.columns ?? []
    return [{ name, from, ...database, columns, onDataLoss, group: `sluice.${pipeline.name}.${name}` }]
  })
}
