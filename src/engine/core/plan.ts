import type { Column, TopicShape } from './columns.ts'

/** A pipeline, checked and with every default filled in: what the jobs run. JSON-safe, so that it crosses to job processes. */
export interface Plan {
  readonly name: string
  readonly title: string
  readonly summary: string
  /** Web origins whose pages may call the endpoints and forms. */
  readonly origins: readonly string[]
  /** Declared topics and their dead-letter topics, in the file's order. */
  readonly topics: readonly TopicPlan[]
  readonly producers: readonly ProducerPlan[]
  /** One for each topic that needs one. */
  readonly checkers: readonly CheckerPlan[]
  readonly filters: readonly FilterPlan[]
  readonly aggregates: readonly AggregatePlan[]
  readonly lakeSinks: readonly LakeSinkPlan[]
  readonly databaseSinks: readonly DatabaseSinkPlan[]
  readonly tables: readonly TablePlan[]
  readonly analyses: readonly AnalysisPlan[]
  readonly endpoints: readonly EndpointPlan[]
}

export interface TopicPlan extends TopicShape {
  readonly partitions: number
  /** Others own it: neither created nor deleted by us. */
  readonly external: boolean
  /** A dead-letter topic, or written by our filters alone: its records fit their columns, no checker. */
  readonly trusted: boolean
  readonly retention?: { readonly bytes?: number; readonly ms?: number }
}

export interface ProducerPlan {
  readonly name: string
  readonly to: string
  /** The column whose text is the record's key. */
  readonly key?: string
  readonly kind: 'generator' | 'csv' | 'http' | 'form'
  /** As parsed by the kind's own zod schema; file paths absolute. */
  readonly settings: unknown
  /** It ends by itself. */
  readonly finite: boolean
  /** Records per second at most. Absent: as fast as it can. */
  readonly rate?: number
  /** `sluice.producer.<pipeline>.<name>`: writer id and group of its position. */
  readonly group: string
}

export interface CheckerPlan {
  readonly topic: string
  readonly rejected: string
  /** `sluice.<pipeline>.<topic>.checker` */
  readonly group: string
}

export interface Expression {
  readonly name: string
  readonly sql: string
}

export interface FilterPlan {
  readonly name: string
  readonly from: readonly string[]
  readonly to: string
  /** SQL over the columns of `from`. Absent: everything is kept. */
  readonly where?: string
  /** The top-level AND terms of `where`, in order: the first false or null one is the reason. */
  readonly clauses: readonly string[]
  /** Absent: the record's bytes pass untouched. */
  readonly select?: readonly Expression[]
  /** Where the records go for which `where` is not true, with a column `reason`. */
  readonly otherwise?: string
  readonly alert?: { readonly severity: 'low' | 'medium' | 'high'; readonly message: string }
  readonly onDataLoss: 'continue' | 'fail'
  /** `sluice.<pipeline>.<name>` */
  readonly group: string
}

/** count() has no argument; every other one a portable SQL expression over the columns. */
export interface Measure {
  readonly name: string
  readonly function: 'count' | 'sum' | 'avg' | 'min' | 'max' | 'first' | 'last'
  readonly argument?: string
}

export interface AggregatePlan {
  readonly name: string
  readonly from: readonly string[]
  readonly groupBy: readonly string[]
  readonly measures: readonly Measure[]
  /** `everyMs`: tumbling; `gapMs`: sessions; `keepMs`: how late a record may be. */
  readonly window?: {
    readonly everyMs?: number
    readonly gapMs?: number
    readonly time: string
    readonly keepMs?: number
  }
  readonly to?: string
  readonly lake?: { readonly path: string; readonly format: 'parquet' | 'json' }
  readonly group: string
}

export interface LakeSinkPlan {
  readonly name: string
  readonly from: readonly string[]
  readonly path: string
  readonly format: 'parquet' | 'json'
  readonly partitionBy: readonly ('dt' | 'hour')[]
  /** The columns of all of `from`, united by name. */
  readonly columns: readonly Column[]
  readonly onDataLoss: 'continue' | 'fail'
  /** When a file closes. `ageMs` absent: the engine's default, growing with the files of the hour. */
  readonly close: { readonly rows: number; readonly bytes: number; readonly ageMs?: number }
  readonly group: string
}

export interface DatabaseSinkPlan {
  readonly name: string
  readonly from: readonly string[]
  readonly table: string
  /** Upsert by this column. Absent: insert only, unique by topic, partition and offset. */
  readonly key?: string
  readonly columns: readonly Column[]
  readonly onDataLoss: 'continue' | 'fail'
  readonly group: string
}

export interface TablePlan {
  readonly name: string
  readonly path: string
  readonly format: 'parquet' | 'json'
  /** Empty: as the files have them (a result whose types can't be told before it was filed). */
  readonly columns: readonly Column[]
  readonly partitionBy: readonly ('dt' | 'hour')[]
  /** Results filed as a whole: `<path>/v<n>/`, the highest n counts. */
  readonly snapshots: boolean
}

export interface AnalysisPlan {
  readonly name: string
  readonly title: string
  /** By dialect; `default` where they agree. `{now}` is still in it. */
  readonly sql: { readonly default: string; readonly duckdb?: string; readonly hive?: string; readonly spark?: string }
  readonly chart?: { readonly type: string; readonly x: string; readonly y: string }
  readonly schedule?: string
  readonly into?: { readonly path: string; readonly table: string; readonly keep: number }
}

export interface EndpointPlan {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly sql: string
  readonly limit: number
}
