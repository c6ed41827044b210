import { uniteColumns } from './column-union.ts'
import { declared, type Draft } from './draft.ts'
import type { FilterDeclaration } from './job-schema.ts'
import { placeholders } from './placeholders.ts'
import type { Finding } from './problem.ts'
import { fitsInto } from './select-fit.ts'
import { selectedBy } from './selected.ts'
import { suggestion } from '#engine/core/suggest.ts'
import { REASON, type Topic, type Topics } from './topic-graph.ts'

/** What a filter writes has the columns of the topic that it writes; its alert names them. */
export function checkFilters(draft: Draft, topics: Topics): readonly Finding[] {
  return declared(draft.filters).flatMap(([name, filter]) => [
    ...splitFindings(name, filter),
    ...(filter.select === undefined ? passedOn(name, filter, topics) : missing(name, filter, topics)),
    ...(filter.otherwise === undefined ? [] : refused(name, filter, topics)),
    ...alertFindings(name, filter, topics.get(filter.to)),
  ])
}

function splitFindings(name: string, { to, where, otherwise }: FilterDeclaration): readonly Finding[] {
  const path = ['filters', name, 'otherwise']
  if (otherwise === undefined) return []
  if (otherwise === to)
    return [{ path, message: 'Both halves go to the same topic.', remedy: 'Give `otherwise` another topic.' }]
  if (where !== undefined) return []
  return [
    { path, at: 'key', message: '`otherwise` without `where` gets nothing.', remedy: 'Add `where`, or remove it.' },
  ]
}

/** Records pass as they are: columns of the output that nobody fills, or that are of another type. */
function passedOn(name: string, { from, to }: FilterDeclaration, topics: Topics): readonly Finding[] {
  return compare(from, withoutReason(topics.get(to)), { topics, path: ['filters', name, 'to'] })
}

/** What `where` refuses passes as it is, with a reason. */
function refused(name: string, { from, otherwise = '' }: FilterDeclaration, topics: Topics): readonly Finding[] {
  const topic = topics.get(otherwise)
  if (topic?.columns === undefined) return []
  const path = ['filters', name, 'otherwise']
  const reason = topic.columns.find((column) => column.name === REASON.name)
  const odd: Finding[] =
    reason === undefined || reason.type === 'string'
      ? []
      : [
          {
            path,
            message: `Column reason of ${otherwise} is ${reason.type}.`,
            remedy: 'Make it a string: the first clause that is not true.',
          },
        ]
  return [...odd, ...compare(from, withoutReason(topic), { topics, path })]
}

/** The reason comes from the filter itself, or from another one that splits into the same topic. */
function withoutReason(topic: Topic | undefined): Topic | undefined {
  return topic && { ...topic, columns: topic.columns?.filter((column) => column.name !== REASON.name) }
}

function compare(
  from: readonly string[],
  to: Topic | undefined,
  { topics, path }: { readonly topics: Topics; readonly path: readonly string[] },
): readonly Finding[] {
  const source = uniteColumns(topics, from)?.columns
  if (source === undefined || to?.columns === undefined) return []
  return to.columns.flatMap((column): Finding[] => {
    const own = source.find(({ name }) => name === column.name)
    const remedy = 'Use `select` to make it, or declare the topic `like` the one that is read.'
    if (own === undefined) {
      const severity = column.required === true ? 'error' : 'warning'
      return [{ path, message: `Column ${column.name} of ${to.name} is in nothing that is read.`, remedy, severity }]
    }
    if (own.type === column.type || fitsInto(own.type, column.type)) return []
    return [
      {
        path,
        message: `Column ${column.name} is ${own.type} where it is read and ${column.type} in ${to.name}.`,
        remedy,
      },
    ]
  })
}

function missing(name: string, filter: FilterDeclaration, topics: Topics): readonly Finding[] {
  const to = topics.get(filter.to)
  const selected = new Set(selectedBy(filter)?.map((column) => column.name))
  const absent = (to?.columns ?? []).filter((column) => !selected.has(column.name))
  return absent.map((column) => ({
    path: ['filters', name, 'select'],
    at: 'key',
    message: `Column ${column.name} of ${filter.to} is not selected${column.required === true ? ', but required' : ': it will be null'}.`,
    remedy: 'Add it to `select`, or remove it from the topic.',
    severity: column.required === true ? 'error' : 'warning',
  }))
}

function alertFindings(name: string, { alert }: FilterDeclaration, to: Topic | undefined): readonly Finding[] {
  if (alert === undefined || to?.columns === undefined) return []
  const columns = to.columns.map((column) => column.name)
  const unknown = placeholders(alert.message).filter((word) => !columns.includes(word))
  return [...new Set(unknown)].map((word) => ({
    path: ['filters', name, 'alert', 'message'],
    offset: alert.message.indexOf(`{${word}}`),
    message: `Topic ${to.name} has no column "${word}".`,
    remedy: suggestion(word, columns, 'Columns'),
  }))
}
