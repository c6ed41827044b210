import type { Ledger } from '#contract/status.ts'
import { appendedTo, behindOf, NO_READER_FACTS, sum } from './ledger-facts.ts'
import type { LedgerFacts, ReaderFacts } from './ledger-facts.ts'
import type { Plan } from './plan.ts'

/** One equation of the ledger: `left` and `right` are records, equal where the edge balances. */
interface Equation {
  readonly edge: string
  readonly left: number
  readonly right: number
}

interface Reader {
  readonly edge: string
  readonly from: readonly string[]
  readonly facts: ReaderFacts
}

/**
 * The counts on every edge of a pipeline, and whether each balances, in records.
 * topic: appended = Σ producers + Σ filters + dead letters + foreign; reader: appended = in + behind + lost;
 * filter: in = out + dropped + rejected + failed; lake sink: in = filed + rejected + failed;
 * database sink: in = inserted + updated + rejected + failed.
 * Green: all balance and nobody is behind; amber: all balance so far; red: `firstUnbalanced` doesn't.
 */
export function ledgerOf(plan: Plan, facts: LedgerFacts): Ledger {
  const readers = readersOf(plan, facts)
  const wrong = [...topicEquations(plan, facts), ...readers.flatMap((reader) => readerEquations(reader, facts))].find(
    ({ left, right }) => left !== right,
  )
  const behind = readers.some((reader) => behindOf(reader.facts, reader.from, facts) > 0)
  return {
    balanced: !wrong && !behind,
    light: wrong ? 'red' : behind ? 'amber' : 'green',
    ...countsOf(plan, facts),
    ...(wrong && { firstUnbalanced: wrong.edge }),
  }
}

function readersOf(plan: Plan, facts: LedgerFacts): Reader[] {
  const named = (
    part: 'filters' | 'aggregates' | 'sinks',
    jobs: readonly { readonly name: string; readonly from: readonly string[] }[],
  ): Reader[] =>
    jobs.map(({ name, from }) => ({ edge: `${part}.${name}`, from, facts: facts[part][name] ?? NO_READER_FACTS }))
  return [
    ...plan.checkers.map(({ topic }) => ({
      edge: `checkers.${topic}`,
      from: [topic],
      facts: facts.checkers[topic] ?? NO_READER_FACTS,
    })),
    ...named('filters', plan.filters),
    ...named('aggregates', plan.aggregates),
    ...named('sinks', plan.lakeSinks),
    ...named('sinks', plan.databaseSinks),
  ]
}

function topicEquations(plan: Plan, facts: LedgerFacts): Equation[] {
  if (facts.moving) return []
  return plan.topics
    .filter(({ external }) => !external)
    .map(({ topic }) => ({
      edge: `topics.${topic}`,
      left: appendedTo([topic], facts),
      right: writtenTo(topic, plan, facts),
    }))
}

function writtenTo(topic: string, plan: Plan, facts: LedgerFacts): number {
  const producers = plan.producers
    .filter(({ to }) => to === topic)
    .map(({ name }) => facts.producers[name]?.produced ?? 0)
  const filters = Object.values(facts.filters).map(({ out }) => out?.[topic] ?? 0)
  const letters = plan.checkers
    .filter(({ rejected }) => rejected === topic)
    .map((checker) => facts.checkers[checker.topic]?.rejected ?? 0)
  const aggregates = Object.values(facts.aggregates).map(({ out }) => out?.[topic] ?? 0)
  return sum([...producers, ...filters, ...letters, ...aggregates, facts.foreign[topic] ?? 0])
}

function readerEquations({ edge, from, facts: reader }: Reader, facts: LedgerFacts): Equation[] {
  const reads = { edge, left: appendedTo(from, facts), right: reader.in + behindOf(reader, from, facts) + reader.lost }
  const kept = keptBy(reader)
  return kept === undefined
    ? [reads]
    : [reads, { edge, left: reader.in, right: kept + reader.rejected + reader.failed }]
}

/** What became of the records that were neither rejected nor failed; undefined where a job keeps no such count. */
function keptBy({ out, dropped, filed, inserted, updated }: ReaderFacts): number | undefined {
  if (dropped !== undefined) return sum(Object.values(out ?? {})) + dropped
  if (filed !== undefined) return filed
  if (inserted !== undefined) return inserted + (updated ?? 0)
  return undefined
}

type Counts = Pick<Ledger, 'producers' | 'topics' | 'filters' | 'aggregates' | 'sinks'>

function countsOf(plan: Plan, facts: LedgerFacts): Counts {
  const shared = (
    part: 'filters' | 'aggregates' | 'sinks',
    { name, from }: { name: string; from: readonly string[] },
  ) => {
    const reader = facts[part][name] ?? NO_READER_FACTS
    return {
      reader,
      in: reader.in,
      rejected: reader.rejected,
      behind: Math.max(0, behindOf(reader, from, facts)),
      lost: reader.lost,
    }
  }
  const sinkOf = (sink: { readonly name: string; readonly from: readonly string[] }) => {
    const { reader, ...counts } = shared('sinks', sink)
    return {
      ...counts,
      failed: reader.failed,
      files: reader.files ?? 0,
      notYetVisible: reader.notYetVisible ?? 0,
      reader,
    }
  }
  return {
    producers: byName(plan.producers, ({ name }) => facts.producers[name] ?? { produced: 0, ended: false }),
    topics: Object.fromEntries(plan.topics.map(({ topic }) => [topic, topicCounts(topic, facts)])),
    filters: byName(plan.filters, (filter) => {
      const { reader, ...counts } = shared('filters', filter)
      return {
        ...counts,
        out: sum(Object.values(reader.out ?? {})),
        dropped: reader.dropped ?? 0,
        failed: reader.failed,
      }
    }),
    aggregates: byName(plan.aggregates, (aggregate) => {
      const { reader, ...counts } = shared('aggregates', aggregate)
      return { ...counts, late: reader.late ?? 0 }
    }),
    sinks: {
      ...byName(plan.lakeSinks, (sink) => {
        const { reader, ...counts } = sinkOf(sink)
        return { ...counts, filed: reader.filed ?? 0 }
      }),
      ...byName(plan.databaseSinks, (sink) => {
        const { reader, ...counts } = sinkOf(sink)
        return { ...counts, inserted: reader.inserted ?? 0, updated: reader.updated ?? 0 }
      }),
    },
  }
}

function topicCounts(topic: string, facts: LedgerFacts): Ledger['topics'][string] {
  const rejected = facts.checkers[topic]?.rejected ?? 0
  return { appended: appendedTo([topic], facts), foreign: facts.foreign[topic] ?? 0, rejected }
}

function byName<T extends { readonly name: string }, R>(jobs: readonly T[], counts: (job: T) => R): Record<string, R> {
  return Object.fromEntries(jobs.map((job) => [job.name, counts(job)]))
}
