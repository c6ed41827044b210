import type { Column } from '#engine/core/columns.ts'
import type { Topic, Topics } from './topic-graph.ts'

/** The columns of several topics, united by name; the first topic's declaration of a name stands. */
export interface ColumnUnion {
  readonly columns: readonly Column[]
  /** A name that two of them have with different types. */
  readonly clashes: readonly {
    readonly name: string
    readonly first: Column
    readonly topic: string
    readonly other: Column
  }[]
}

/** undefined where a topic is not known or its columns are not: nothing can be said then. */
export function uniteColumns(topics: Topics, names: readonly string[]): ColumnUnion | undefined {
  const found = names.map((name) => topics.get(name))
  if (!found.every((topic) => topic !== undefined && topic.columns !== undefined)) return undefined
  return unite(found.filter((topic): topic is Topic => topic !== undefined))
}

function unite(topics: readonly Topic[]): ColumnUnion {
  const columns = new Map<string, Column>()
  const clashes: ColumnUnion['clashes'][number][] = []
  for (const { name: topic, columns: own = [] } of topics) {
    for (const column of own) {
      const first = columns.get(column.name)
      if (first === undefined) columns.set(column.name, column)
      else if (first.type !== column.type) clashes.push({ name: column.name, first, topic, other: column })
    }
  }
  const shared = [...columns.values()].map((column) => (topics.length > 1 ? plain(column) : column))
  return { columns: shared, clashes }
}

/** Of several topics only name and type are common: a check of one doesn't hold for the records of another. */
function plain({ name, type, description }: Column): Column {
  return { name, type, ...(description === undefined ? {} : { description }) }
}
