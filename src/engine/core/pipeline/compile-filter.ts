import type { FilterPlan } from '#engine/core/plan.ts'
import type { FilterDeclaration } from './job-schema.ts'
import { selectedBy } from './selected.ts'
import type { SqlFacts } from './sql-facts.ts'

/** A filter as its job runs it. */
export function compileFilter(
  pipeline: string,
  [name, filter]: readonly [string, FilterDeclaration],
  facts: SqlFacts,
): FilterPlan {
  const { from, to, where, otherwise, alert, on_data_loss: onDataLoss } = filter
  const select = selectedBy(filter)?.map(({ name: column, sql }) => ({ name: column, sql }))
  return {
    name,
    from,
    to,
    ...(where === undefined ? {} : { where }),
    clauses: facts.clauses.get(name) ?? [],
    ...(select === undefined ? {} : { select }),
    ...(otherwise === undefined ? {} : { otherwise }),
    ...(alert === undefined ? {} : { alert }),
    onDataLoss,
    group: `sluice.${pipeline}.${name}`,
  }
}
