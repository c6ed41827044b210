import { z } from 'zod'
import { jobName, lakePath, sqlText, tableName } from './scalars.ts'

/** One entry of `tables`. */
export const tableSchema = z
  .strictObject({ path: lakePath.describe('The folder that a sink, an aggregate or an analysis fills.') })
  .describe('An external table over a lake folder; its columns come from what fills the folder.')

const dialects = z
  .strictObject({
    default: sqlText.describe('For every engine that is not named.'),
    duckdb: sqlText.exactOptional().describe('For DuckDB.'),
    hive: sqlText.exactOptional().describe('For Hive.'),
    spark: sqlText.exactOptional().describe('For Spark.'),
  })
  .describe('SQL by engine.')

/** One entry of `analyses`. */
export const analysisSchema = z
  .strictObject({
    title: z.string().exactOptional().describe('What it answers; its name if nothing is said.'),
    sql: z
      .union([sqlText, dialects])
      .describe(
        'One SELECT over the tables in portable SQL; `{now}` is the time of the run. A map where engines differ.',
      ),
    chart: z
      .strictObject({
        type: z.enum(['bar', 'line', 'area', 'pie', 'scatter']).describe('The kind of chart.'),
        x: z.string().describe('The column along the axis.'),
        y: z.string().describe('The column that is drawn.'),
      })
      .exactOptional()
      .describe('How the result is drawn.'),
    schedule: z.string().exactOptional().describe('When it runs by itself: five cron fields in UTC, e.g. "0 * * * *".'),
    into: z
      .strictObject({
        path: lakePath.describe('The folder of the results: <path>/v<n>/ for run n.'),
        table: tableName.describe('The table over the latest result.'),
        keep: z.int().min(1).max(1000).default(10).describe('How many runs are kept.'),
      })
      .exactOptional()
      .describe('Files each result as a whole.'),
  })
  .describe('A saved batch SQL, with a chart.')

/** One entry of `endpoints`. */
export const endpointSchema = z
  .strictObject({
    sql: sqlText.describe('One SELECT over the tables in portable SQL.'),
    limit: z.int().min(1).max(1000).default(100).describe('Rows of an answer if the caller says nothing.'),
  })
  .describe('An HTTP path that answers from SQL. ?limit= up to 1000, ?offset=, and ?column=value on every column.')

const route = z.string().regex(/^GET \/[a-z0-9/_-]*$/i, { error: 'must be GET and a path, e.g. GET /objects' })

export const tablesSchema = z.record(tableName, tableSchema)
export const analysesSchema = z.record(jobName, analysisSchema)
export const endpointsSchema = z.record(route, endpointSchema)

/** An analysis as its file declares it. */
export type AnalysisDeclaration = z.output<typeof analysisSchema>

/** SQL as an analysis gives it: one text for all engines, or a map by engine. */
export type AnalysisSql = AnalysisDeclaration['sql']

/** The SQL by engine. */
export function byDialect(sql: AnalysisSql): Exclude<AnalysisSql, string> {
  return typeof sql === 'string' ? { default: sql } : sql
}
