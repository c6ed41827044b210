import type { AnalysisRun } from '#contract/analyses.ts'
import type { Column, ColumnType } from '#engine/core/columns.ts'
import type { AnalysisPlan } from '#engine/core/plan.ts'
import { isSluiceError } from '#engine/core/sluice-error.ts'
import type { Lake, LakeEntry } from '#engine/ports/lake.ts'
import type { ResultColumn, Warehouse } from '#engine/ports/warehouse.ts'

/** What filing a result takes. */
export interface FiledRuns {
  readonly warehouse: Warehouse
  readonly lake: Lake
  readonly newId: () => string
  /** A new local path for a result on its way. */
  readonly localFile: () => string
}

type Into = NonNullable<AnalysisPlan['into']>

interface Statement {
  readonly sql: string
  readonly signal: AbortSignal
}

/** The filed results of a folder, newest first. The folders `v<n>` are the whole record of them. */
export async function listRuns(lake: Lake, path: string): Promise<AnalysisRun[]> {
  const runs: AnalysisRun[] = []
  for (const folder of await runFolders(lake, path)) {
    const { bytes } = await lake.usage(folder.path)
    runs.push({ n: numberOf(folder.name), path: folder.path, filedAt: folder.modified, bytes })
  }
  return runs.toSorted((a, b) => b.n - a.n)
}

async function runFolders(lake: Lake, path: string): Promise<LakeEntry[]> {
  const entries = (await lake.stat(path)) ? await lake.list(path) : []
  return entries.filter(({ kind, name }) => kind === 'folder' && /^v\d+$/.test(name))
}

function numberOf(name: string): number {
  return Number(name.slice(1))
}

/**
 * Runs the SQL and files its result as the folder's next `v<n>`: it is there as a whole or not at all, and the table
 * reads it from then on. Results beyond `keep` go, oldest first.
 */
export async function fileRun(parts: FiledRuns, into: Into, { sql, signal }: Statement): Promise<AnalysisRun> {
  const local = parts.localFile()
  const { columns } = await parts.warehouse.export(sql, local, signal)
  // Hidden from every reader until its rename, which is the filing.
  const hidden = `${into.path}/.result-${parts.newId()}`
  await parts.lake.adopt(`${hidden}/result.parquet`, local)
  const n = await claim(parts.lake, into.path, hidden)
  await ensureResultTable(parts.warehouse, into, columns)
  const runs = await listRuns(parts.lake, into.path)
  for (const old of runs.slice(Math.max(1, into.keep))) await parts.lake.remove(old.path)
  const run = runs.find((candidate) => candidate.n === n)
  return run ?? { n, path: `${into.path}/v${n}`, filedAt: 0, bytes: 0 }
}

/** Renames to the next free number; one that another run takes first is passed over. */
async function claim(lake: Lake, path: string, hidden: string): Promise<number> {
  const taken = (await runFolders(lake, path)).map(({ name }) => numberOf(name))
  for (let n = Math.max(0, ...taken) + 1; ; n++) {
    try {
      await lake.rename(hidden, `${path}/v${n}`)
      return n
    } catch (error) {
      if (!isSluiceError(error, 'FILE_EXISTS')) throw error
    }
  }
}

async function ensureResultTable(warehouse: Warehouse, into: Into, columns: readonly ResultColumn[]): Promise<void> {
  const table = {
    name: into.table,
    path: into.path,
    format: 'parquet' as const,
    columns: columns.map(columnOf),
    partitionBy: [],
    snapshots: true,
  }
  try {
    await warehouse.ensureTable(table)
  } catch (error) {
    // The SQL was changed. Each snapshot has its own columns, so that the table is free to follow the newest.
    if (!isSluiceError(error, 'SCHEMA_CHANGED')) throw error
    await warehouse.dropTable(into.table)
    await warehouse.ensureTable(table)
  }
}

const TYPES: Readonly<Record<string, ColumnType>> = {
  TINYINT: 'int',
  SMALLINT: 'int',
  INTEGER: 'int',
  UTINYINT: 'int',
  USMALLINT: 'int',
  UINTEGER: 'long',
  BIGINT: 'long',
  FLOAT: 'double',
  DOUBLE: 'double',
  BOOLEAN: 'boolean',
  DATE: 'date',
}

function columnOf({ name, type }: ResultColumn): Column {
  return { name, type: typeOf(type.toUpperCase()) }
}

function typeOf(type: string): ColumnType {
  const decimal = /^DECIMAL\((\d+),\s*(\d+)\)$/.exec(type)
  if (decimal) return `decimal(${Number(decimal[1])},${Number(decimal[2])})`
  if (type.startsWith('TIMESTAMP')) return 'timestamp'
  // A sum of integers; its files hold it as DOUBLE.
  if (type === 'HUGEINT' || type === 'UHUGEINT' || type === 'UBIGINT') return 'double'
  return TYPES[type] ?? 'string'
}

/** Removes every result of a folder, and what a crash left of one on its way. */
export async function cleanRuns(lake: Lake, path: string): Promise<{ runs: number; files: number; bytes: number }> {
  const removed = { runs: 0, files: 0, bytes: 0 }
  const entries = (await lake.stat(path)) ? await lake.list(path) : []
  for (const entry of entries) {
    const isRun = /^v\d+$/.test(entry.name)
    if (entry.kind !== 'folder' || !(isRun || entry.name.startsWith('.result-'))) continue
    const { files, bytes } = await lake.usage(entry.path)
    await lake.remove(entry.path)
    removed.runs += isRun ? 1 : 0
    removed.files += files
    removed.bytes += bytes
  }
  return removed
}
