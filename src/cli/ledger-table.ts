import type { PipelineStatus } from '#contract/status.ts'
import { formatCount, formatNumberOf } from './format.ts'
import { table } from './table.ts'

/** One edge of a pipeline in words: what it is, how many records came, and what became of them. */
export interface EdgeLine {
  readonly edge: string
  /** Records that came in (or out of a producer), the number whose growth is the rate. */
  readonly records: number
  readonly became: string
}

/** The edges of a pipeline in the order in which records pass them. */
export function edgeLines({ ledger }: PipelineStatus): EdgeLine[] {
  return [
    ...lines('producer', ledger.producers, ({ produced }) => [produced, {}]),
    ...lines('topic', ledger.topics, ({ appended, ...rest }) => [appended, rest]),
    ...lines('filter', ledger.filters, ({ in: came, ...rest }) => [came, rest]),
    ...lines('aggregate', ledger.aggregates, ({ in: came, ...rest }) => [came, rest]),
    ...lines('sink', ledger.sinks, ({ in: came, ...rest }) => [came, rest]),
  ]
}

type Counts = Readonly<Record<string, unknown>>

function lines<T>(kind: string, edges: Readonly<Record<string, T>>, split: (edge: T) => [number, Counts]): EdgeLine[] {
  return Object.entries(edges).map(([name, edge]) => {
    const [records, rest] = split(edge)
    return { edge: `${kind} ${name}`, records, became: became(rest) }
  })
}

/** Counts that are always said; the others only where they aren't 0. */
const ALWAYS = new Set(['out', 'filed', 'inserted', 'dropped'])

function counted(count: number, name: string): string {
  if (name === 'files') return formatNumberOf(count, 'file')
  return `${formatCount(count)} ${name === 'notYetVisible' ? 'not yet visible' : name}`
}

function became(counts: Counts): string {
  return Object.entries(counts)
    .filter(([name, count]) => typeof count === 'number' && (count > 0 || ALWAYS.has(name)))
    .map(([name, count]) => counted(Number(count), name))
    .join(', ')
}

/** The ledger of a pipeline as a short table, and whether it balances. */
export function ledgerTable(status: PipelineStatus): string {
  const rows = edgeLines(status).map(({ edge, records, became: what }) => [edge, formatCount(records), what])
  return `${table({ head: [status.name, 'records', ''], rows, right: [1] })}${verdict(status)}\n`
}

/** "balanced: …", or the first edge that isn't. */
export function verdict({ ledger }: PipelineStatus): string {
  if (ledger.firstUnbalanced !== undefined) return `NOT BALANCED: first at ${ledger.firstUnbalanced}`
  const behind = [...Object.values(ledger.filters), ...Object.values(ledger.aggregates), ...Object.values(ledger.sinks)]
  const waiting = behind.reduce((sum, reader) => sum + reader.behind, 0)
  return waiting > 0 || !ledger.balanced
    ? `balanced so far; ${formatCount(waiting)} still to be read`
    : 'balanced: every record is accounted for on every edge'
}
