import { randomUUID } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { embedded } from './adapters/catalogue.ts'
import { openDuckdbSqlParser } from './adapters/embedded/duckdb-sql-parser.ts'
import type { Engine, EngineOptions } from './engine-api.ts'
import { bundledPipelines, homePaths } from './home-paths.ts'
import type { HomePaths } from './home-paths.ts'
import { lockHome } from './processes/engine-lock.ts'
import type { EngineLock } from './processes/engine-lock.ts'
import { forkNodeJobProcess } from './processes/job-process-handle.ts'
import { jobLog } from './processes/job-log.ts'
import { Supervisor } from './processes/supervisor.ts'
import { createAlertsService } from './services/alerts.ts'
import { createAnalysesService } from './services/analyses.ts'
import { examine } from './services/doctor.ts'
import { createLakeService } from './services/lake.ts'
import { lazyDatabase } from './services/lazy-database.ts'
import { lazyParser } from './services/lazy-parser.ts'
import { lazyWarehouse } from './services/lazy-warehouse.ts'
import { openLogBook } from './services/log-book.ts'
import { PipelineSources } from './services/pipeline-sources.ts'
import { createPipelinesService } from './services/pipelines-service.ts'
import { RunningPipelines } from './services/pipelines.ts'
import { startRetention } from './services/retention.ts'
import { StoredPipelines } from './services/stored-pipelines.ts'
import { createTopicsService } from './services/topics.ts'
import { createSqlService } from './services/warehouse.ts'
import { readVersion } from './version.ts'

/** Age at which an open batch of a lake sink closes at first. Milliseconds. */
const CLOSE_AGE_MS = 2_000

/** Opens the embedded engine on a data folder: the composition root. ENGINE_RUNNING where another one has it. */
export async function createEngine({ home, resume, openedBy }: EngineOptions): Promise<Engine> {
  const lock = lockHome(home, openedBy)
  try {
    const { engine, running } = await compose(homePaths(home), lock)
    if (resume) await running.resume()
    return engine
  } catch (error) {
    lock.close()
    throw error
  }
}

/** The engine's parts on the embedded adapters. */
async function openParts(paths: HomePaths) {
  const logBook = openLogBook(paths.log)
  const log = jobLog({}, (line) => logBook.write(line))
  const broker = await embedded.broker.open({ file: paths.broker }, { log })
  const lake = await embedded.lake.open({ root: paths.lake }, { log })
  const database = lazyDatabase(paths.database, () => embedded.database.open({ folder: paths.database }, { log }))
  const warehouse = lazyWarehouse(() => embedded.warehouse.open({ root: paths.lake, tempFolder: paths.temp }, { log }))
  const parser = lazyParser(openDuckdbSqlParser)
  async function close(): Promise<void> {
    for (const part of [warehouse, parser, database, lake, broker]) await part.close()
    await logBook[Symbol.asyncDispose]()
  }
  return { logBook, log, broker, lake, database, warehouse, parser, close }
}

type Parts = Awaited<ReturnType<typeof openParts>>

async function compose(paths: HomePaths, lock: EngineLock): Promise<{ engine: Engine; running: RunningPipelines }> {
  const parts = await openParts(paths)
  const { broker, lake, database, warehouse, log, logBook } = parts
  const processes = availableParallelism()
  const jobs = new Supervisor({
    fork: forkNodeJobProcess,
    setup: setupOf(paths),
    processes,
    database: () => database.open(),
    clock: Date.now,
    log,
    onLog: (line) => logBook.write(line),
    onUnit: (report) => running.report(report),
  })
  const targets = { broker, lake, warehouse, database: () => database.ifThere() }
  const sources = new PipelineSources({ user: paths.pipelines, bundled: bundledPipelines() }, parts.parser)
  const stored = new StoredPipelines(paths.stored, log)
  const running = new RunningPipelines({ ...targets, engine: 'embedded', sources, stored, jobs, processes, log })
  for (const { tables } of running.plans) for (const table of tables) await warehouse.ensureTable(table)
  const retention = startRetention({ broker, plans: () => running.plans, log })
  const close = onceOnly(async () => {
    await retention[Symbol.asyncDispose]()
    await jobs[Symbol.asyncDispose]()
    await parts.close()
    lock.close()
  })
  const surroundings = { clock: Date.now, newId: randomUUID }
  const engine: Engine = {
    info: {
      version: readVersion(),
      home: paths.home,
      engine: 'embedded',
      pid: process.pid,
      startedAt: lock.holder.startedAt,
    },
    pipelines: createPipelinesService({ running, sources, jobs, targets, logBook, ...surroundings }),
    ...servicesOf(parts, paths, running),
    close,
    [Symbol.asyncDispose]: close,
  }
  return { engine, running }
}

function servicesOf(parts: Parts, paths: HomePaths, running: RunningPipelines) {
  const { broker, lake, warehouse } = parts
  const database = () => parts.database.open()
  const plans = () => running.plans
  return {
    topics: createTopicsService({ broker, plans, isRunning: (name) => running.isRunning(name) }),
    lake: createLakeService({ lake }),
    sql: createSqlService({ warehouse, database }),
    analyses: createAnalysesService({
      plans,
      warehouse,
      lake,
      clock: Date.now,
      newId: randomUUID,
      tempFolder: paths.temp,
    }),
    alerts: createAlertsService({ broker, plans }),
    doctor: () => examine({ home: paths.home, broker, lake, warehouse, database }),
  }
}

/** What a job process opens. The processes share the cores, each with one thread of DuckDB for every query under way. */
function setupOf(paths: HomePaths) {
  const duckdb = { threads: 1, memoryLimitMb: 256 }
  return { brokerFile: paths.broker, lakeRoot: paths.lake, tempFolder: paths.temp, duckdb, closeAgeMs: CLOSE_AGE_MS }
}

function onceOnly(act: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined
  return () => (done ??= act())
}
