import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Start } from '#contract/pipelines.ts'
import type { SqlPage } from '#contract/sql.ts'
import type { PipelineState, PipelineStatus } from '#contract/status.ts'
import { folderLake } from '#engine/adapters/embedded/folder-lake.ts'
import { sqliteBroker } from '#engine/adapters/embedded/sqlite-broker.ts'
import type { FilterPlan, Plan } from '#engine/core/plan.ts'
import { SluiceError } from '#engine/core/sluice-error.ts'
import type { Engine, EngineOptions, Pipelines, Sql } from '#engine/engine-api.ts'
import { QUIET } from './quiet-log.ts'
import { lockHome } from '#engine/processes/engine-lock.ts'
import { createAlertsService } from '#engine/services/alerts.ts'
import { createLakeService } from '#engine/services/lake.ts'
import { createTopicsService } from '#engine/services/topics.ts'

const FILTER: FilterPlan = {
  name: 'dangerous',
  from: ['things'],
  to: 'alerts',
  clauses: [],
  alert: { severity: 'high', message: '{name} is {size} wide' },
  onDataLoss: 'continue',
  group: 'sluice.demo.dangerous',
}

const COLUMNS = [
  { name: 'name', type: 'string' as const, required: true },
  { name: 'size', type: 'double' as const },
]

/** A pipeline of one filter with alerts. */
export const DEMO_PLAN: Plan = {
  name: 'demo',
  title: 'Demo',
  summary: 'For tests.',
  topics: [
    { topic: 'things', columns: COLUMNS, partitions: 3, external: false, trusted: false },
    { topic: 'alerts', columns: COLUMNS, partitions: 2, external: false, trusted: true },
  ],
  producers: [],
  checkers: [],
  filters: [FILTER],
  aggregates: [],
  lakeSinks: [],
  databaseSinks: [],
  tables: [],
  analyses: [],
  endpoints: [],
  origins: [],
}

/** What the double shows of itself to tests in the same process. */
export interface Told {
  readonly calls: string[]
}

/**
 * An engine with the real lock, broker and lake and the real services over them; only the running of pipelines and
 * SQL are played: "demo" counts to 100 and is idle, "endless" never is, "broken" fails, SQL is a page of every kind of value.
 */
export async function openEngineDouble({ home, openedBy }: EngineOptions, told: Told = { calls: [] }): Promise<Engine> {
  const lock = lockHome(home, openedBy)
  const broker = await sqliteBroker.open({ file: join(home, 'broker.sqlite') }, { log: QUIET })
  mkdirSync(join(home, 'lake'), { recursive: true })
  const lake = await folderLake.open({ root: join(home, 'lake') }, { log: QUIET })
  const plans = (): readonly Plan[] => [DEMO_PLAN]
  const pipelines = playedPipelines(told)
  let closing: Promise<void> | undefined
  const shut = async (): Promise<void> => {
    await lake.close()
    await broker.close()
    lock.close()
    told.calls.push('close')
  }
  const close = (): Promise<void> => (closing ??= shut())
  return {
    info: { version: '0.0.0', home, engine: 'embedded', pid: process.pid, startedAt: lock.holder.startedAt },
    pipelines,
    topics: createTopicsService({ broker, plans, isRunning: (name) => pipelines.running.has(name) }),
    lake: createLakeService({ lake }),
    sql: playedSql(told),
    analyses: { list: () => Promise.resolve([]), run: async function* () {}, clean: () => Promise.resolve([]) },
    alerts: createAlertsService({ broker, plans }),
    doctor: () => Promise.resolve({ ok: true, checks: [{ name: 'all', state: 'ok', detail: randomUUID() }] }),
    close,
    [Symbol.asyncDispose]: close,
  }
}

function statusOf(name: string, state: PipelineState, produced: number): PipelineStatus {
  return {
    name,
    state,
    ledger: {
      balanced: true,
      light: 'green',
      producers: { simulator: { produced, ended: produced === 100 } },
      topics: { things: { appended: produced, foreign: 0, rejected: 0 } },
      filters: {},
      aggregates: {},
      sinks: {
        all: { in: produced, filed: produced, failed: 0, rejected: 0, behind: 0, lost: 0, files: 1, notYetVisible: 0 },
      },
    },
  }
}

type Played = Pipelines & { readonly running: Set<string> }

function playedPipelines(told: Told): Played {
  const running = new Set<string>()
  const known = new Set(['demo', 'endless', 'broken'])
  const nameOf = ({ pipeline }: Start): string => {
    if (!known.has(pipeline)) throw new SluiceError('PIPELINE_UNKNOWN', `starting ${pipeline}`)
    return pipeline
  }
  const stateOf = (name: string): PipelineState => (running.has(name) ? 'running' : 'stopped')
  async function* watch(name: string, signal: AbortSignal): AsyncGenerator<PipelineStatus> {
    for (let produced = 0; !signal.aborted; produced += 25) {
      if (name === 'broken' && produced >= 50) {
        const error = { code: 'DISK_FULL' as const, message: 'The disk is full.', remedy: 'Make room.' }
        yield { ...statusOf(name, 'failed', produced), failures: [{ job: 'all', error }] }
      } else yield statusOf(name, stateOf(name), Math.min(100, produced))
      await sleep(20)
    }
  }
  return {
    running,
    list: () =>
      Promise.resolve(
        [...known].map((name) => ({
          name,
          title: name,
          summary: '',
          source: 'bundled' as const,
          file: `/${name}.yaml`,
          state: stateOf(name),
        })),
      ),
    validate: () =>
      Promise.resolve({
        valid: false,
        endless: [],
        problems: [
          {
            file: 'x.yaml',
            line: 3,
            column: 5,
            key: 'filters.a',
            message: 'no such topic',
            remedy: 'Declare it.',
            severity: 'error' as const,
          },
        ],
      }),
    start: async (request) => {
      const name = nameOf(request)
      if (request.untilIdle && name === 'endless') throw new SluiceError('USAGE', 'endless never becomes idle.')
      told.calls.push(`start ${name}`)
      running.add(name)
      return { name }
    },
    stop: async ({ name }) => {
      told.calls.push(`stop ${name}`)
      running.delete(name)
      return { name }
    },
    status: ({ name }) =>
      Promise.resolve({
        engine: 'embedded',
        pipelines: [...known].filter((one) => !name || one === name).map((one) => statusOf(one, stateOf(one), 100)),
      }),
    watch,
    waitIdle: async function* (name, signal) {
      for await (const status of watch(name, signal)) {
        yield status
        if (status.ledger.producers['simulator']?.produced === 100) return
      }
    },
    resetPreview: (name) =>
      Promise.resolve({ pipeline: name, items: [{ part: 'lake', name: '/data', files: 3, bytes: 2048 }] }),
    reset: (name) => {
      told.calls.push(`reset ${name}`)
      return Promise.resolve({ pipeline: name, items: [{ part: 'lake', name: '/data', files: 3, bytes: 2048 }] })
    },
    replay: () => Promise.reject(new SluiceError('FENCED', 'replaying')),
    logs: async function* (_request, signal) {
      try {
        for (let line = 0; !signal.aborted; line++) {
          yield { time: '2026-11-22T00:00:00Z', level: 'info', message: `line ${line} ${'x'.repeat(10_000)}` }
          told.calls.push('line')
        }
      } finally {
        told.calls.push('logs ended')
      }
    },
  }
}

const PAGE: SqlPage = {
  columns: [
    { name: 'n', type: 'BIGINT' },
    { name: '1', type: 'VARCHAR' },
    { name: 'd', type: 'DECIMAL(38,2)' },
    { name: 'list', type: 'INTEGER[]' },
  ],
  rows: [
    ['9007199254740993', 'a "quoted", text\nof two lines', '12.50', [1, 2]],
    [7, null, null, null],
  ],
}

function playedSql(told: Told): Sql {
  return {
    query: async function* ({ sql }, signal) {
      if (sql === 'forever') {
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
        told.calls.push('query cancelled')
        throw new SluiceError('CANCELLED', 'the query')
      }
      if (sql === 'wrong') {
        throw new SluiceError('SQL_FAILED', 'There is no column "x".', { place: { line: 1, column: 8 } })
      }
      yield PAGE
    },
    export: () => Promise.reject(new SluiceError('FILE_EXISTS', 'exporting')),
    catalog: () => Promise.resolve({ tables: [], database: [] }),
  }
}
