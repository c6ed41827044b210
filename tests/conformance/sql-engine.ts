import type { Column, TopicShape } from '#engine/core/columns.ts'
import type { FilterPlan, TablePlan } from '#engine/core/plan.ts'

/** Text, a number, true or false, null; a decimal as text, a timestamp as ISO 8601 in UTC. */
export type Value = string | number | boolean | null

/** Rows in the order of their columns. */
export type Rows = readonly (readonly Value[])[]

/** Records as a topic holds them: lines of NDJSON, each of which fits the topic's columns. */
export type Ndjson = string

export interface FilterAnswer {
  readonly kept: Rows
  /** Only for a filter with `otherwise`; the reason is the last value. */
  readonly otherwise?: Rows
  readonly dropped: number
}

export interface QueryAnswer {
  readonly columns: readonly string[]
  readonly rows: Rows
}

export interface FilterRun {
  readonly filter: FilterPlan
  readonly shape: TopicShape
  /** The columns of what is kept. */
  readonly keptAs: readonly Column[]
}

/** An engine whose SQL has to give the same answers as every other one's. */
export interface SqlEngine extends AsyncDisposable {
  readonly name: string
  /** Which text of an analysis it takes where there is one for each. */
  readonly dialect: 'duckdb' | 'hive' | 'spark'
  filter(run: FilterRun, records: Ndjson): Promise<FilterAnswer>
  /** Makes a table with these rows, filed as a sink of the pipeline files them. */
  load(table: TablePlan, records: Ndjson): Promise<void>
  query(sql: string): Promise<QueryAnswer>
}
