import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { AnalysisEvent, AnalysisSummary, Cleaned, WhichAnalyses } from '#contract/analyses.ts'
import type { AnalysisPlan, Plan } from '#engine/core/plan.ts'
import { withNow } from '#engine/core/portable-sql.ts'
import { SluiceError } from '#engine/core/sluice-error.ts'
import { identifier } from '#engine/core/sql-literal.ts'
import { toWireError } from '#engine/core/wire-error.ts'
import type { Analyses } from '#engine/engine-api.ts'
import type { Lake } from '#engine/ports/lake.ts'
import type { ResultColumn, Cell, Warehouse } from '#engine/ports/warehouse.ts'
import { cleanRuns, fileRun, listRuns, type FiledRuns } from './analysis-runs.ts'

export interface AnalysesParts {
  readonly plans: () => readonly Plan[]
  readonly warehouse: Warehouse
  readonly lake: Lake
  /** Milliseconds since 1970. */
  readonly clock: () => number
  readonly newId: () => string
  /** For results on their way into the lake; made if it isn't there. */
  readonly tempFolder: string
}

/** Rows of a result that are handed out; the whole of it is in its file. */
const SHOWN_ROWS = 1000

/** Saved batch SQL. A result with `into` is filed as a whole, as the next `v<n>` of its folder. */
export function createAnalysesService(parts: AnalysesParts): Analyses {
  return {
    list: async (which) => Promise.all(pick(parts.plans(), which).map((one) => summaryOf(parts, one))),
    run: (which, signal) => runAll(parts, which, signal),
    clean: async (which) => cleanAll(parts, pick(parts.plans(), which)),
  }
}

interface One {
  readonly plan: Plan
  readonly analysis: AnalysisPlan
}

function pick(plans: readonly Plan[], { pipeline, name }: WhichAnalyses): One[] {
  const all = plans.flatMap((plan) => plan.analyses.map((analysis) => ({ plan, analysis })))
  const inPipeline = all.filter(({ plan }) => pipeline === undefined || plan.name === pipeline)
  const picked = inPipeline.filter(({ analysis }) => name === undefined || analysis.name === name)
  if (pipeline !== undefined && !plans.some((plan) => plan.name === pipeline)) {
    throw new SluiceError('PIPELINE_UNKNOWN', `No pipeline is named ${pipeline}.`)
  }
  if (name !== undefined && picked.length === 0) {
    const names = inPipeline.map(({ analysis }) => analysis.name)
    throw new SluiceError('USAGE', `No analysis is named ${name}.`, {
      remedy: names.length === 0 ? 'No pipeline has analyses.' : `There are: ${names.join(', ')}.`,
    })
  }
  return picked
}

async function summaryOf({ lake }: AnalysesParts, { plan, analysis }: One): Promise<AnalysisSummary> {
  return {
    pipeline: plan.name,
    name: analysis.name,
    title: analysis.title,
    sql: sqlOf(analysis),
    ...(analysis.chart && { chart: analysis.chart }),
    ...(analysis.schedule !== undefined && { schedule: analysis.schedule }),
    ...(analysis.into && { into: analysis.into }),
    runs: analysis.into ? await listRuns(lake, analysis.into.path) : [],
  }
}

function sqlOf({ sql }: AnalysisPlan): string {
  return sql.duckdb ?? sql.default
}

async function* runAll(parts: AnalysesParts, which: WhichAnalyses, signal: AbortSignal): AsyncGenerator<AnalysisEvent> {
  for (const one of pick(parts.plans(), which)) {
    const of = { pipeline: one.plan.name, name: one.analysis.name, title: one.analysis.title }
    yield { type: 'started', ...of }
    try {
      yield { type: 'result', ...of, ...(await runOne(parts, one, signal)) }
    } catch (error) {
      if (signal.aborted) throw error
      yield { type: 'failed', ...of, error: toWireError(error) }
    }
  }
}

type Result = Omit<Extract<AnalysisEvent, { type: 'result' }>, 'type' | 'pipeline' | 'name' | 'title'>

async function runOne(parts: AnalysesParts, { plan, analysis }: One, signal: AbortSignal): Promise<Result> {
  const started = parts.clock()
  for (const table of plan.tables) if (!table.snapshots) await parts.warehouse.ensureTable(table)
  const sql = withNow(sqlOf(analysis), new Date(started).toISOString())
  const { into } = analysis
  if (!into) return { ...(await firstRows(parts.warehouse, sql, signal)), ms: parts.clock() - started }
  const run = await fileRun(await filing(parts), into, { sql, signal })
  const shown = await firstRows(parts.warehouse, `SELECT * FROM ${identifier(into.table)}`, signal)
  return { ...shown, run, ms: parts.clock() - started }
}

async function filing({ warehouse, lake, newId, tempFolder }: AnalysesParts): Promise<FiledRuns> {
  await mkdir(tempFolder, { recursive: true })
  return { warehouse, lake, newId, localFile: () => join(tempFolder, `analysis-${newId()}.parquet`) }
}

interface Shown {
  readonly columns: ResultColumn[]
  readonly rows: Cell[][]
  readonly truncated: boolean
}

async function firstRows(warehouse: Warehouse, sql: string, signal: AbortSignal): Promise<Shown> {
  let columns: ResultColumn[] = []
  const rows: Cell[][] = []
  for await (const page of warehouse.query(sql, { maxRows: SHOWN_ROWS + 1, signal })) {
    columns = [...page.columns]
    rows.push(...page.rows.map((row) => [...row]))
  }
  return { columns, rows: rows.slice(0, SHOWN_ROWS), truncated: rows.length > SHOWN_ROWS }
}

async function cleanAll({ lake, warehouse }: AnalysesParts, picked: readonly One[]): Promise<Cleaned[]> {
  const cleaned: Cleaned[] = []
  for (const { plan, analysis } of picked) {
    if (!analysis.into) continue
    const { path, table } = analysis.into
    const removed = await cleanRuns(lake, path)
    await warehouse.dropTable(table)
    cleaned.push({ pipeline: plan.name, name: analysis.name, path, ...removed })
  }
  return cleaned
}
