import { comparable, isInteger } from '#engine/core/portable-sql/sql-type.ts'
import type { SqlFinding, SqlType } from '#engine/core/portable-sql.ts'
import { suggestion } from '#engine/core/suggest.ts'
import type { Topic } from './topic-graph.ts'

/** Whether a selected column is one of the output's, of a type that its column takes. */
export function checkSelected(selected: {
  readonly output: string
  readonly type: SqlType
  readonly to: Topic | undefined
}): readonly SqlFinding[] {
  const { output, type, to } = selected
  if (output === '') return [{ message: 'This expression has no name.', remedy: 'Write … AS name, in small letters.' }]
  if (to?.columns === undefined) return []
  const column = to.columns.find(({ name }) => name === output)
  if (column === undefined) {
    const names = to.columns.map(({ name }) => name)
    return [{ message: `Topic ${to.name} has no column "${output}".`, remedy: suggestion(output, names, 'Columns') }]
  }
  if (fitsInto(type, column.type)) return []
  return [
    {
      message: `This is ${type}, but column ${output} of ${to.name} is ${column.type}.`,
      remedy: 'Change the column, or cast.',
    },
  ]
}

/** Whether every value of the one type is one of the other. */
export function fitsInto(from: SqlType, to: SqlType): boolean {
  if (to === 'json' || to === 'string') return from !== 'interval'
  return comparable(from, to) && !(from === 'double' && isInteger(to))
}
