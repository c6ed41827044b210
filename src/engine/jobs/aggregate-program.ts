import type { Column } from '#engine/core/columns.ts'
import type { AggregatePlan, Plan } from '#engine/core/plan.ts'
import { columnsOf } from '#engine/core/plan-columns.ts'
import { SluiceError } from '#engine/core/sluice-error.ts'
import type { AggregateProgram } from '#engine/ports/transform.ts'

/** What the transform keeps for an aggregate. KIND_LATER for what is parsed and not yet run, by name. */
export function aggregateProgram(pipeline: Plan, plan: AggregatePlan): AggregateProgram {
  if (plan.to !== undefined) throw later(plan, '`to:` (its results as a topic)')
  if (plan.window?.gapMs !== undefined) throw later(plan, '`window: { gap }` (sessions)')
  const { groupBy, measures, window } = plan
  return {
    groupBy: groupBy.map((name) => columnOf(pipeline, plan, name)),
    measures,
    columns: columnsOf(pipeline, plan.from),
    ...(window?.everyMs !== undefined && { window: { ...window, everyMs: window.everyMs } }),
  }
}

function columnOf(pipeline: Plan, { name: aggregate, from }: AggregatePlan, name: string): Column {
  const column = columnsOf(pipeline, from).find((declared) => declared.name === name)
  if (!column)
    throw new SluiceError('PIPELINE_INVALID', `Aggregate ${aggregate} groups by ${name}, which no topic of it has.`)
  return column
}

function later({ name }: AggregatePlan, what: string): SluiceError {
  return new SluiceError(
    'KIND_LATER',
    `Aggregate ${name} uses ${what}, which is parsed, but whose job comes in a later version.`,
  )
}
