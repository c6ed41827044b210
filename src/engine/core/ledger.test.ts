import { describe, expect, it } from 'vitest'
import type { LedgerFacts, ReaderFacts } from './ledger-facts.ts'
import { ledgerOf } from './ledger.ts'
import type { Plan } from './plan.ts'

const plan: Plan = {
  name: 'p',
  title: 'P',
  summary: '',
  topics: ['in', 'in.rejected', 'out'].map((topic) => ({
    topic,
    partitions: 1,
    columns: [],
    external: false,
    trusted: topic !== 'in',
  })),
  producers: [
    { name: 'source', to: 'in', kind: 'generator', settings: {}, finite: true, group: 'sluice.producer.p.source' },
  ],
  checkers: [{ topic: 'in', rejected: 'in.rejected', group: 'sluice.p.in.checker' }],
  filters: [{ name: 'f', from: ['in'], to: 'out', clauses: [], onDataLoss: 'fail', group: 'sluice.p.f' }],
  aggregates: [],
  lakeSinks: [
    {
      name: 's',
      from: ['in'],
      path: '/s',
      format: 'parquet',
      partitionBy: [],
      columns: [],
      onDataLoss: 'fail',
      close: { rows: 1, bytes: 1 },
      group: 'sluice.p.s',
    },
  ],
  databaseSinks: [],
  tables: [],
  analyses: [],
  endpoints: [],
  origins: [],
}

const topic = (count: number) => ({ partitions: [{ partition: 0, appended: count, high: count }] })
const reader = (counts: Partial<ReaderFacts>, next = 10, from = 'in'): ReaderFacts => ({
  positions: [{ topic: from, partition: 0, next }],
  in: 10,
  lost: 0,
  rejected: 2,
  failed: 0,
  ...counts,
})

const settled: LedgerFacts = {
  moving: false,
  topics: { in: topic(10), 'in.rejected': topic(2), out: topic(3) },
  producers: { source: { produced: 10, ended: true } },
  foreign: {},
  checkers: { in: reader({}) },
  filters: { f: reader({ out: { out: 3 }, dropped: 5 }) },
  aggregates: {},
  sinks: { s: reader({ filed: 8, files: 1 }) },
}

describe('the ledger', () => {
  it('is green where every edge balances and nobody is behind', () => {
    const ledger = ledgerOf(plan, settled)
    expect(ledger).toMatchObject({ balanced: true, light: 'green' })
    expect(ledger.filters['f']).toMatchObject({ in: 10, out: 3, dropped: 5, rejected: 2, behind: 0 })
    expect(ledger.topics['in']).toEqual({ appended: 10, foreign: 0, rejected: 2 })
  })

  it('is amber, and not balanced, while a reader is behind', () => {
    const ledger = ledgerOf(plan, { ...settled, sinks: { s: reader({ in: 6, filed: 5, rejected: 1 }, 6) } })
    expect(ledger).toMatchObject({ balanced: false, light: 'amber' })
    expect(ledger.sinks['s']?.behind).toBe(4)
    expect(ledger.firstUnbalanced).toBeUndefined()
  })

  it.each<[string, Partial<LedgerFacts>]>([
    ['topics.in', { producers: { source: { produced: 9, ended: true } } }],
    ['topics.in.rejected', { checkers: { in: reader({ rejected: 1 }) } }],
    ['checkers.in', { checkers: { in: reader({ in: 9 }) } }],
    ['filters.f', { filters: { f: reader({ out: { out: 3 }, dropped: 4 }) } }],
    ['sinks.s', { sinks: { s: reader({ filed: 9, files: 1 }) } }],
  ])('is red and names %s where that edge does not balance', (edge, wrong) => {
    expect(ledgerOf(plan, { ...settled, ...wrong })).toMatchObject({
      balanced: false,
      light: 'red',
      firstUnbalanced: edge,
    })
  })

  it('counts what people appended as foreign, and what retention took as lost', () => {
    const facts = {
      ...settled,
      topics: { ...settled.topics, in: topic(14) },
      foreign: { in: 4 },
      checkers: { in: reader({ lost: 4 }, 14) },
      filters: { f: reader({ lost: 4, out: { out: 3 }, dropped: 5 }, 14) },
      sinks: { s: reader({ lost: 4, filed: 8 }, 14) },
    }
    expect(ledgerOf(plan, facts)).toMatchObject({ balanced: true, light: 'green', topics: { in: { foreign: 4 } } })
  })

  it('does not hold a topic that grew meanwhile against its writers', () => {
    expect(
      ledgerOf(plan, { ...settled, moving: true, producers: { source: { produced: 8, ended: false } } }).light,
    ).toBe('green')
  })
})
