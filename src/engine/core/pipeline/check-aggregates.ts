import type { Column } from '#engine/core/columns.ts'
import { uniteColumns } from './column-union.ts'
import { declared, type Draft } from './draft.ts'
import type { AggregateDeclaration } from './job-schema.ts'
import type { Finding } from './problem.ts'
import { suggestion } from '#engine/core/suggest.ts'
import { windowColumns } from './table-catalog.ts'
import type { Topics } from './topic-graph.ts'

type Entry = readonly [string, AggregateDeclaration]

/** An aggregate's groups and window are columns of what it reads; its output has one writer for each group. */
export function checkAggregates(draft: Draft, topics: Topics): readonly Finding[] {
  return declared(draft.aggregates).flatMap((entry) => {
    const columns = uniteColumns(topics, entry[1].from)?.columns
    return [
      ...(columns === undefined ? [] : [...groupFindings(entry, columns), ...windowFindings(entry, columns)]),
      ...nameFindings(entry),
      ...outputFindings(entry, topics),
      ...ownershipFindings(entry, draft, topics),
      ...purposeFindings(entry),
    ]
  })
}

function groupFindings([name, { group_by: groups }]: Entry, columns: readonly Column[]): readonly Finding[] {
  const names = columns.map((column) => column.name)
  return groups.flatMap((group, i) => {
    const path = ['aggregates', name, 'group_by', ...(groups.length > 1 ? [i] : [])]
    return names.includes(group)
      ? []
      : [{ path, message: `There is no column "${group}".`, remedy: suggestion(group, names, 'Columns') }]
  })
}

function windowFindings([name, { window }]: Entry, columns: readonly Column[]): readonly Finding[] {
  if (window === undefined) return []
  const column = columns.find((candidate) => candidate.name === window.time)
  if (column?.type === 'timestamp') return []
  const times = columns.filter(({ type }) => type === 'timestamp').map((candidate) => candidate.name)
  const message =
    column === undefined ? `There is no column "${window.time}".` : `${window.time} is ${column.type}, not timestamp.`
  return [
    {
      path: ['aggregates', name, 'window', 'time'],
      message,
      remedy: suggestion(window.time, times, 'Timestamp columns'),
    },
  ]
}

/** Groups, window columns and measures are columns of one row. */
function nameFindings([name, aggregate]: Entry): readonly Finding[] {
  const taken = [...aggregate.group_by, ...windowColumns(aggregate).map((column) => column.name)]
  return Object.keys(aggregate.measures).flatMap((measure): Finding[] => {
    if (!taken.includes(measure)) return []
    const path = ['aggregates', name, 'measures', measure]
    return [
      {
        path,
        at: 'key',
        message: `The result has a column "${measure}" already.`,
        remedy: `Other than: ${taken.join(', ')}.`,
      },
    ]
  })
}

function outputFindings([name, aggregate]: Entry, topics: Topics): readonly Finding[] {
  const to = aggregate.to === undefined ? undefined : topics.get(aggregate.to)
  if (to?.columns === undefined) return []
  const made = [
    ...aggregate.group_by,
    ...windowColumns(aggregate).map((column) => column.name),
    ...Object.keys(aggregate.measures),
  ]
  const has = new Set(to.columns.map((column) => column.name))
  const path = ['aggregates', name, 'to']
  const lost = made.filter((column) => !has.has(column))
  const empty = to.columns.filter((column) => !made.includes(column.name))
  return [
    ...lost.map((column) => ({
      path,
      message: `Topic ${to.name} has no column "${column}".`,
      remedy: `Its columns should be: ${made.join(', ')}.`,
    })),
    ...empty.map((column): Finding => {
      const message = `Column ${column.name} of ${to.name} is not made here.`
      const severity = column.required === true ? 'error' : 'warning'
      return { path, message, remedy: `This aggregate makes: ${made.join(', ')}.`, severity }
    }),
  ]
}

/** A group must never be spread over partitions: then each partition's owner would write its own row of it. */
function ownershipFindings(
  [name, { from, to, group_by: groups }]: Entry,
  draft: Draft,
  topics: Topics,
): readonly Finding[] {
  if (to === undefined) return []
  const spread = from.filter((topic) => {
    const keys = keysOf(topic, draft)
    const isKeyed = keys.length > 0 && keys.every((key) => key !== undefined && groups.includes(key))
    return !isKeyed && !isSingle(topic, draft, topics)
  })
  return spread.map((topic) => {
    const keys = [...new Set(keysOf(topic, draft))].filter((key) => key !== undefined)
    const message = `A group of ${name} may lie in several partitions of ${topic}, and \`to\` would get parts of it.`
    const add = keys.length === 0 ? '' : ` Or add its key to group_by: ${keys.join(', ')}.`
    return { path: ['aggregates', name, 'to'], message, remedy: `Give ${topic} one partition.${add}` }
  })
}

/** How many partitions a topic of others has is only known if the file says so. */
function isSingle(name: string, draft: Draft, topics: Topics): boolean {
  const topic = topics.get(name)
  if (topic === undefined) return true
  return topic.external ? draft.topics.get(name)?.partitions === 1 : topic.partitions === 1
}

/** The key columns by which a topic is spread; undefined: a writer without a key. Filters keep the key of what they read. */
function keysOf(topic: string, draft: Draft, seen: ReadonlySet<string> = new Set()): readonly (string | undefined)[] {
  if (seen.has(topic)) return []
  const next = new Set([...seen, topic])
  const producers = declared(draft.producers).filter(([, { to }]) => to === topic)
  const filters = declared(draft.filters).filter(([, { to, otherwise }]) => to === topic || otherwise === topic)
  return [
    ...producers.map(([, { key }]) => key),
    ...filters.flatMap(([, { from }]) => from.flatMap((source) => keysOf(source, draft, next))),
  ]
}

function purposeFindings([name, { to, lake }]: Entry): readonly Finding[] {
  if (to !== undefined || lake !== undefined) return []
  const message = `${name} files nothing and writes no topic: it can be seen on screen only.`
  return [{ path: ['aggregates', name], at: 'key', message, remedy: 'Add `lake` or `to`.', severity: 'warning' }]
}
