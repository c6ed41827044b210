import { declared, type Draft } from './draft.ts'
import { fieldFindings, urlFindings } from './placeholders.ts'
import type { Finding, KeyPath } from './problem.ts'
import type { ProducerDeclaration } from './producer-schema.ts'
import { suggestion } from '#engine/core/suggest.ts'
import type { Topic, Topics } from './topic-graph.ts'

/** What producers make are the columns of their topic. */
export function checkProducers(draft: Draft, topics: Topics): readonly Finding[] {
  return declared(draft.producers).flatMap(([name, producer]) => {
    const path = ['producers', name]
    const topic = topics.get(producer.to)
    const columns =
      topic?.columns === undefined ? [] : [...named(producer, topic, path), ...unmade(producer, topic, path)]
    return [...columns, ...templateFindings(producer, path)]
  })
}

/** The keys of a producer whose own keys, or whose items, are columns. */
const COLUMN_KEYS = [
  ['generator', 'record'],
  ['csv', 'types'],
  ['csv', 'columns'],
  ['http', 'map'],
  ['http', 'history', 'map'],
] as const

const MAKING_KEYS: readonly string[] = ['generator.record', 'csv.columns', 'http.map']

/** The columns that stand under such a key; undefined where the key isn't there. */
function columnsUnder(producer: ProducerDeclaration, keys: readonly string[]): readonly string[] | undefined {
  const found = keys.reduce<unknown>((value, key) => valueAt(value, key), producer)
  if (Array.isArray(found)) return found.map(String)
  return found === undefined ? undefined : Object.keys({ ...asObject(found) })
}

function valueAt(value: unknown, key: string): unknown {
  return Object.entries(asObject(value)).find(([name]) => name === key)?.[1]
}

function asObject(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {}
}

/** Names that aren't columns of the topic. Columns that a file has beyond the topic's are fine: they are passed over. */
function named(producer: ProducerDeclaration, { name, columns = [] }: Topic, path: KeyPath): readonly Finding[] {
  const names = columns.map((column) => column.name)
  const unknown = (column: string, place: Pick<Finding, 'path' | 'at'>): readonly Finding[] => {
    if (names.includes(column)) return []
    const remedy = suggestion(column, names, 'Columns')
    return [{ ...place, message: `Topic ${name} has no column "${column}".`, remedy }]
  }
  const key = producer.key === undefined ? [] : unknown(producer.key, { path: [...path, 'key'] })
  const others = COLUMN_KEYS.filter((keys) => keys.join('.') !== 'csv.columns').flatMap((keys) =>
    (columnsUnder(producer, keys) ?? []).flatMap((column) =>
      unknown(column, { path: [...path, ...keys, column], at: 'key' }),
    ),
  )
  return [...key, ...others]
}

/** Columns that are never made: every record is rejected for a required one, and has null for another. */
function unmade(producer: ProducerDeclaration, topic: Topic, path: KeyPath): readonly Finding[] {
  return COLUMN_KEYS.filter((keys) => MAKING_KEYS.includes(keys.join('.'))).flatMap((keys) => {
    const made = columnsUnder(producer, keys)
    const absent = made === undefined ? [] : (topic.columns ?? []).filter(({ name }) => !made.includes(name))
    return absent.map((column): Finding => {
      const isRequired = column.required === true
      return {
        path: [...path, ...keys],
        at: 'key',
        message: `Column ${column.name} of ${topic.name} is not made here${isRequired ? ', but required' : ': it will be null'}.`,
        remedy: isRequired ? 'Add it: every record would be rejected.' : 'Add it, or remove it from the topic.',
        severity: isRequired ? 'error' : 'warning',
      }
    })
  })
}

function templateFindings({ generator, http }: ProducerDeclaration, path: KeyPath): readonly Finding[] {
  return [
    ...(generator === undefined ? [] : fieldFindings(generator, [...path, 'generator', 'record'])),
    ...(http === undefined ? [] : urlFindings(http, [...path, 'http'])),
  ]
}
