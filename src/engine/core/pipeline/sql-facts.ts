import type { Measure } from '#engine/core/plan.ts'
import type { SqlColumn, SqlType } from '#engine/core/portable-sql.ts'

/** A measure taken apart, and the type of its value as far as it is known. */
export interface MeasureFact extends Measure {
  readonly type: SqlType
}

/** What the SQL of a pipeline says beyond its text; names that are missing have a mistake that is told. */
export interface SqlFacts {
  /** By filter: the top-level AND terms of `where`. */
  readonly clauses: ReadonlyMap<string, readonly string[]>
  /** By aggregate. */
  readonly measures: ReadonlyMap<string, readonly MeasureFact[]>
  /** By analysis: the columns of its result, undefined where they can't be told before it runs. */
  readonly results: ReadonlyMap<string, readonly SqlColumn[] | undefined>
}
