import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Plan } from '#engine/core/plan.ts'
import { askAnalysis, askFilter, bundledPlans, loadTables } from './bundled.ts'
import { comparable } from './compare.ts'
import { openDuckdbEngine } from './duckdb-engine.ts'
import { parseAnswers, readGolden, UPDATING, writeGolden, type Answers } from './golden-answers.ts'
import type { FilterAnswer, QueryAnswer, SqlEngine } from './sql-engine.ts'

/** Every engine at hand. The first one's answers are what `UPDATE_GOLDENS=1` writes. */
const ENGINES: readonly (readonly [string, () => Promise<SqlEngine>])[] = [['duckdb', openDuckdbEngine]]

const plans = await bundledPlans()

describe.each(ENGINES)('%s answers as every engine', (name, open) => {
  describe.each(plans)('to $name', (plan) => {
    let answers: Answers
    let golden: Answers

    beforeAll(async () => {
      await using engine = await open()
      answers = await askAll(engine, plan)
      if (UPDATING && name === ENGINES[0]?.[0]) writeGolden(plan.name, answers)
      golden = readGolden(plan.name)
    })

    it.each(plan.filters)('the filter $name', (filter) => {
      expect(golden.filters).toHaveProperty(filter.name)
      expect(roundedFilter(answers.filters[filter.name])).toEqual(roundedFilter(golden.filters[filter.name]))
    })

    it.each(plan.analyses)('the analysis $name', (analysis) => {
      expect(golden.analyses).toHaveProperty(analysis.name)
      expect(rounded(answers.analyses[analysis.name])).toEqual(rounded(golden.analyses[analysis.name]))
    })

    it('and there is no golden answer without its question', () => {
      expect(Object.keys(golden.filters)).toEqual(plan.filters.map((filter) => filter.name))
      expect(Object.keys(golden.analyses)).toEqual(plan.analyses.map((analysis) => analysis.name))
    })
  })
})

it('the golden answers are those that Python computes from the same rows, without SQL', async () => {
  const { stdout } = await promisify(execFile)('python3', [join(import.meta.dirname, 'oracle.py')])
  const computed = z.record(z.string(), z.unknown()).parse(JSON.parse(stdout))
  expect(Object.keys(computed)).toEqual(plans.map(({ name }) => name))
  for (const { name } of plans) expect(roundedAll(readGolden(name))).toEqual(roundedAll(parseAnswers(computed[name])))
})

/** Every filter and analysis of a pipeline, answered over its golden rows. */
async function askAll(engine: SqlEngine, plan: Plan): Promise<Answers> {
  const answers: Answers = { filters: {}, analyses: {} }
  await loadTables(engine, plan)
  for (const filter of plan.filters) answers.filters[filter.name] = filterGolden(await askFilter(engine, plan, filter))
  for (const analysis of plan.analyses) {
    answers.analyses[analysis.name] = analysisGolden(await askAnalysis(engine, analysis))
  }
  return answers
}

function filterGolden({ kept, otherwise, dropped }: FilterAnswer): Answers['filters'][string] {
  return { kept: copied(kept), ...(otherwise && { otherwise: copied(otherwise) }), dropped }
}

function analysisGolden({ columns, rows }: QueryAnswer): Answers['analyses'][string] {
  return { columns: [...columns], rows: copied(rows) }
}

function copied<T>(rows: readonly (readonly T[])[]): T[][] {
  return rows.map((row) => [...row])
}

function roundedAll({ filters, analyses }: Answers): object {
  return {
    filters: Object.fromEntries(Object.entries(filters).map(([name, answer]) => [name, roundedFilter(answer)])),
    analyses: Object.fromEntries(Object.entries(analyses).map(([name, answer]) => [name, rounded(answer)])),
  }
}

function roundedFilter(answer: Answers['filters'][string] | undefined): object {
  if (!answer) return { none: true }
  const { kept, otherwise, dropped } = answer
  return { kept: comparable(kept), ...(otherwise && { otherwise: comparable(otherwise) }), dropped }
}

function rounded(answer: Answers['analyses'][string] | undefined): object {
  return answer ? { columns: answer.columns, rows: comparable(answer.rows) } : { none: true }
}
