import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { openDuckdbSqlParser } from '#engine/adapters/embedded/duckdb-sql-parser.ts'
import type { Column, TopicShape } from '#engine/core/columns.ts'
import type { AnalysisPlan, FilterPlan, Plan } from '#engine/core/plan.ts'
import { withNow } from '#engine/core/portable-sql.ts'
import { bundledPipelines } from '#engine/home-paths.ts'
import { validatePipeline } from '#engine/services/validate.ts'
import type { FilterAnswer, Ndjson, QueryAnswer, SqlEngine } from './sql-engine.ts'

/** `{now}` of every analysis. */
const NOW = '2026-11-22T12:00:00Z'
const ROWS = join(import.meta.dirname, 'rows')

/** The plans of the bundled pipelines, by name. */
export async function bundledPlans(): Promise<readonly Plan[]> {
  await using parser = await openDuckdbSqlParser()
  const plans: Plan[] = []
  for (const file of readdirSync(bundledPipelines()).sort()) {
    const text = readFileSync(join(bundledPipelines(), file), 'utf8')
    const { plan } = await validatePipeline(text, { file, folder: bundledPipelines() }, parser)
    if (!plan) throw new Error(`${file} has no plan`)
    plans.push(plan)
  }
  return plans
}

/** The golden rows of a topic or table: `rows/<pipeline>/<name>.ndjson`. */
function rowsOf({ name }: Plan, of: string): Ndjson | undefined {
  const file = join(ROWS, name, `${of}.ndjson`)
  return existsSync(file) ? readFileSync(file, 'utf8').trimEnd() : undefined
}

/** What an engine's filter makes of the golden rows of the topic that it reads. */
export async function askFilter(engine: SqlEngine, plan: Plan, filter: FilterPlan): Promise<FilterAnswer> {
  const shape = shapeOf(plan, filter.from[0] ?? '')
  const records = rowsOf(plan, shape.topic)
  if (records === undefined) throw new Error(`${plan.name} has no golden rows for the topic ${shape.topic}`)
  return engine.filter({ filter, shape, keptAs: keptColumns(plan, filter, shape) }, records)
}

function shapeOf(plan: Plan, topic: string): TopicShape {
  const shape = plan.topics.find((declared) => declared.topic === topic)
  if (!shape) throw new Error(`${plan.name} has no topic ${topic}`)
  return shape
}

function keptColumns(plan: Plan, { select, to }: FilterPlan, from: TopicShape): readonly Column[] {
  return select ? shapeOf(plan, to).columns : from.columns
}

/** Loads every table of the pipeline that has golden rows. */
export async function loadTables(engine: SqlEngine, plan: Plan): Promise<void> {
  for (const table of plan.tables) {
    const records = rowsOf(plan, table.name)
    if (records !== undefined) await engine.load(table, records)
  }
}

/** What an engine answers to an analysis over the loaded tables. */
export function askAnalysis(engine: SqlEngine, { sql }: AnalysisPlan): Promise<QueryAnswer> {
  return engine.query(withNow(sql[engine.dialect] ?? sql.default, NOW))
}
