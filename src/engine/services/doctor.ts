import { access, constants, statfs } from 'node:fs/promises'
import { freemem, totalmem } from 'node:os'
import type { Check, DoctorReport } from '#contract/engine-info.ts'
import { toWireError } from '#engine/core/wire-error.ts'
import type { Broker } from '#engine/ports/broker.ts'
import type { Database } from '#engine/ports/database.ts'
import type { Lake } from '#engine/ports/lake.ts'
import type { Warehouse } from '#engine/ports/warehouse.ts'

export interface DoctorParts {
  readonly home: string
  readonly broker: Broker
  readonly lake: Lake
  readonly warehouse: Warehouse
  readonly database: () => Promise<Database>
}

const GIB = 1024 ** 3
const LOW_DISK_BYTES = 2 * GIB
const LOW_MEMORY_BYTES = 512 * 1024 ** 2

/** Looks at everything that an engine stands on. Never throws: what fails is in the report with its remedy. */
export async function examine(parts: DoctorParts): Promise<DoctorReport> {
  const checks = [
    runtime(),
    await check('data folder', () => dataFolder(parts.home)),
    await check('disk', () => disk(parts.home)),
    memory(),
    await check('broker', () => broker(parts.broker)),
    await check('lake', () => lake(parts.lake)),
    await check('warehouse', () => warehouse(parts.warehouse)),
    await check('database', () => database(parts.database)),
  ]
  return { ok: checks.every(({ state }) => state !== 'failed'), checks }
}

type Finding = Omit<Check, 'name'>

async function check(name: string, look: () => Promise<Finding>): Promise<Check> {
  try {
    return { name, ...(await look()) }
  } catch (error) {
    const { message, remedy } = toWireError(error)
    return { name, state: 'failed', detail: message, remedy }
  }
}

function runtime(): Check {
  const major = Number(process.versions.node.split('.')[0])
  const detail = `Node ${process.versions.node} on ${process.platform} ${process.arch}`
  if (major >= 24) return { name: 'runtime', state: 'ok', detail }
  return { name: 'runtime', state: 'failed', detail, remedy: 'Use Node 24 or newer; `npm ci` brings one.' }
}

async function dataFolder(home: string): Promise<Finding> {
  await access(home, constants.R_OK | constants.W_OK | constants.X_OK)
  return { state: 'ok', detail: `${home} can be read and written` }
}

async function disk(home: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(home)
  const free = bavail * bsize
  const detail = `${(free / GIB).toFixed(1)} GiB free`
  if (free >= LOW_DISK_BYTES) return { state: 'ok', detail }
  return { state: 'warning', detail, remedy: 'Make room: below 2 GiB a fast pipeline fills the disk in minutes.' }
}

function memory(): Check {
  const detail = `${(freemem() / GIB).toFixed(1)} of ${(totalmem() / GIB).toFixed(1)} GiB free`
  if (freemem() >= LOW_MEMORY_BYTES) return { name: 'memory', state: 'ok', detail }
  return {
    name: 'memory',
    state: 'warning',
    detail,
    remedy: 'Close other programs: a job process takes about 250 MiB.',
  }
}

async function broker(port: Broker): Promise<Finding> {
  const topics = await port.describeTopics()
  const records = topics.flatMap(({ partitions }) => partitions).reduce((sum, { low, high }) => sum + high - low, 0)
  return { state: 'ok', detail: `${topics.length} topics, ${records} records` }
}

async function lake(port: Lake): Promise<Finding> {
  const { files, bytes } = await port.usage('/')
  return { state: 'ok', detail: `${files} files, ${(bytes / 1024 ** 2).toFixed(1)} MiB` }
}

async function warehouse(port: Warehouse): Promise<Finding> {
  for await (const page of port.query('SELECT 1 AS one')) {
    if (page.rows.length !== 1)
      return { state: 'failed', detail: 'SELECT 1 gave no row', remedy: 'Reinstall: `npm ci`.' }
  }
  return { state: 'ok', detail: `answers; ${(await port.catalog()).length} tables` }
}

async function database(open: () => Promise<Database>): Promise<Finding> {
  const tables = await (await open()).tables()
  return { state: 'ok', detail: `answers; ${tables.length} tables` }
}
