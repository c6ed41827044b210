import type { Column } from './columns.ts'
import type { Plan } from './plan.ts'

/** The columns of these topics of a plan, united by name: a checked plan has none of two types. */
export function columnsOf(plan: Plan, topics: readonly string[]): readonly Column[] {
  const columns = plan.topics.filter(({ topic }) => topics.includes(topic)).flatMap((topic) => topic.columns)
  return [...new Map(columns.map((column) => [column.name, column])).values()]
}
