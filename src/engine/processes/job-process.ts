import { randomUUID } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { duckdbTransform } from '#engine/adapters/embedded/duckdb-transform.ts'
import { folderLake } from '#engine/adapters/embedded/folder-lake.ts'
import { sqliteBroker } from '#engine/adapters/embedded/sqlite-broker.ts'
import type { PipelineShare } from '#engine/core/assign-jobs.ts'
import { toWireError } from '#engine/core/wire-error.ts'
import type { JobParts } from '#engine/jobs/job-parts.ts'
import type { JobState } from '#engine/jobs/keep-running.ts'
import { runAssignment } from '#engine/jobs/run-assignment.ts'
import type { AssignmentRun } from '#engine/jobs/run-assignment.ts'
import { producerKind } from '#engine/producers/catalogue.ts'
import { databaseProxy } from './database-proxy.ts'
import type { DatabaseProxy } from './database-proxy.ts'
import { killAtFaultPoints } from './fault-kill.ts'
import { jobLog } from './job-log.ts'
import { isToJobProcess } from './messages.ts'
import type { FromJobProcess, JobProcessSetup, ToJobProcess } from './messages.ts'
import { sweepTemp } from './sweep-temp.ts'

/** A job process: opens the engine's parts once, then runs what it is told to, until its parent ends it or is gone. */
class JobProcess {
  readonly #runs = new Map<string, Promise<AssignmentRun>>()
  readonly #proxy: DatabaseProxy = databaseProxy((message) => post({ type: 'call', ...message }))
  #parts: Promise<{ readonly parts: JobParts; readonly close: () => Promise<void> }> | undefined

  receive(message: ToJobProcess): void {
    switch (message.type) {
      case 'setup':
        this.#parts = openParts(message.setup, this.#proxy)
        return
      case 'start':
        return void this.#start(message.share)
      case 'flush':
        return void this.#runs.get(message.pipeline)?.then((run) => run.flush())
      case 'stop':
        return void this.#stop(message.pipeline)
      case 'answer':
        return this.#proxy.answer(message.id, message)
      case 'end':
        return void this.#end()
    }
  }

  async #start({ plan, assignment }: PipelineShare): Promise<void> {
    const starting = this.#run({ plan, assignment })
    this.#runs.set(plan.name, starting)
    try {
      await starting
    } catch (error) {
      this.#runs.delete(plan.name)
      const jobs = [...assignment.producers, ...assignment.topics]
      for (const job of jobs) report(plan.name, job, { unit: job, state: { state: 'failed', error } })
    }
    post({ type: 'started', pipeline: plan.name })
  }

  async #run({ plan, assignment }: PipelineShare): Promise<AssignmentRun> {
    const opened = await this.#parts
    if (!opened) throw new Error('no setup came before the first share')
    return runAssignment({
      plan,
      assignment,
      parts: opened.parts,
      logOf: (job) => jobLog({ pipeline: plan.name, job }, (line) => post({ type: 'log', line })),
      report: (job, unit, state) => report(plan.name, job, { unit, state }),
    })
  }

  async #stop(pipeline: string): Promise<void> {
    const run = await this.#runs.get(pipeline)
    await run?.stop()
    this.#runs.delete(pipeline)
    post({ type: 'stopped', pipeline })
  }

  async #end(): Promise<void> {
    const opened = await this.#parts
    await opened?.close()
    process.exit(0)
  }
}

const surroundings = { clock: Date.now, random: Math.random, newId: randomUUID }

async function openParts(setup: JobProcessSetup, proxy: DatabaseProxy) {
  const log = jobLog({}, (line) => post({ type: 'log', line }))
  mkdirSync(setup.tempFolder, { recursive: true })
  sweepTemp(setup.tempFolder)
  const folder = mkdtempSync(join(setup.tempFolder, `${process.pid}-`))
  const broker = await sqliteBroker.open({ file: setup.brokerFile }, { log })
  const lake = await folderLake.open({ root: setup.lakeRoot }, { log })
  const transform = await duckdbTransform.open({ folder, ...setup.duckdb }, { log })
  const { closeAgeMs } = setup
  return {
    parts: {
      broker,
      lake,
      transform,
      database: proxy.database,
      producerKind,
      tempFolder: folder,
      closeAgeMs,
      ...surroundings,
    },
    async close() {
      await transform.close()
      await lake.close()
      await broker.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function report(
  pipeline: string,
  job: string,
  { unit, state }: { readonly unit: string; readonly state: JobState },
): void {
  const error = 'error' in state ? { error: toWireError(state.error) } : {}
  post({ type: 'unit', report: { pipeline, job, unit, state: state.state, ...error } })
}

function post(message: FromJobProcess): void {
  if (process.connected) process.send?.(message)
}

killAtFaultPoints(process.env['SLUICE_FAULT_POINT'])
const jobProcess = new JobProcess()
process.on('message', (message) => {
  if (isToJobProcess(message)) jobProcess.receive(message)
})
// The parent is gone, however it went: what it had stored says what runs again.
process.on('disconnect', () => process.exit(1))
// A terminal's Ctrl+C reaches every process of the group: the parent alone decides how to stop.
process.on('SIGINT', () => undefined)
process.on('SIGTERM', () => undefined)
