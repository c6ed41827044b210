import { expect, it } from 'vitest'
import { assignJobs, readersOf } from './assign-jobs.ts'
import type { Plan } from './plan.ts'

const sink = (name: string, from: string) => ({
  name,
  from: [from],
  path: `/${name}`,
  format: 'parquet' as const,
  partitionBy: [],
  columns: [],
  onDataLoss: 'fail' as const,
  close: { rows: 1, bytes: 1 },
  group: name,
})
const topics = ['a', 'b', 'c'].map((topic) => ({ topic, partitions: 1, columns: [], external: false, trusted: true }))
const nothing = {
  title: '',
  summary: '',
  checkers: [],
  filters: [],
  aggregates: [],
  databaseSinks: [],
  tables: [],
  analyses: [],
  endpoints: [],
  origins: [],
}
const producer = (rate?: number) => ({
  name: 'p',
  to: 'a',
  kind: 'generator' as const,
  settings: {},
  finite: false,
  group: 'p',
  ...(rate !== undefined && { rate }),
})
const plan: Plan = {
  ...nothing,
  name: 'x',
  topics,
  producers: [producer()],
  lakeSinks: [sink('one', 'a'), sink('two', 'a'), sink('three', 'b')],
}

it('gives a pipeline with small rates one process', () => {
  expect(assignJobs({ ...plan, producers: [producer(20)] }, 4)).toEqual([{ producers: ['p'], topics: ['a', 'b'] }])
})

it('spreads a fast pipeline, all readers of a topic together, each producer where least is to do', () => {
  expect(assignJobs(plan, 2)).toEqual([
    { producers: [], topics: ['a'] },
    { producers: ['p'], topics: ['b'] },
  ])
})

it('keeps the topics of one aggregate together', () => {
  const aggregate = { name: 'g', from: ['a', 'b'], groupBy: [], measures: [], group: 'g' }
  expect(assignJobs({ ...plan, aggregates: [aggregate] }, 2).map(({ topics: together }) => together)).toEqual([
    ['a', 'b'],
    [],
  ])
})

it('gives no process to a topic without readers', () => {
  expect(assignJobs(plan, 4).flatMap((assignment) => assignment.topics)).not.toContain('c')
})

it('names the readers of a topic, its checker first', () => {
  const checked = { ...plan, checkers: [{ topic: 'a', rejected: 'c', group: 'g' }] }
  expect(readersOf(checked, 'a')).toEqual(['a.checker', 'one', 'two'])
})
