import { randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { castingOf } from '#engine/core/casting.ts'
import { SluiceError } from '#engine/core/sluice-error.ts'
import { identifier, literal, literalList } from '#engine/core/sql-literal.ts'
import type { FileProgram, WrittenFile } from '#engine/ports/transform.ts'
import { openLockedDuckdb } from './duckdb-instance.ts'
import { interruptOn, throwIfCancelled } from './duckdb-query.ts'
import { firstRow } from './duckdb-results.ts'
import { PARQUET } from './duckdb-write.ts'

export interface ConcatOptions {
  /** The only folder that is read and written. */
  readonly folder: string
  readonly program: FileProgram
  /** Below `folder`, in the order of their offsets. */
  readonly localFiles: readonly string[]
  readonly signal: AbortSignal | undefined
}

const LIMITS = { threads: 1, memoryLimit: '256MB' }
const NEWLINE = 10

/** One local file from several. CANCELLED where the signal came. */
export async function concatFiles(options: ConcatOptions): Promise<WrittenFile> {
  const { folder, program, signal } = options
  throwIfCancelled(signal)
  const localFile = join(folder, `${randomUUID()}.${program.format}`)
  try {
    const rows = await (program.format === 'json' ? concatLines(options, localFile) : concatRows(options, localFile))
    return { folder: '', localFile, rows, bytes: (await stat(localFile)).size }
  } catch (error) {
    await rm(localFile, { force: true })
    if (signal?.aborted) throw new SluiceError('CANCELLED', 'Putting files together was cancelled.', { cause: error })
    throw error
  }
}

/** The bytes as they are, so that nothing is read otherwise than it was written. */
async function concatLines({ localFiles, signal }: ConcatOptions, localFile: string): Promise<number> {
  let lines = 0
  async function* bytes(): AsyncGenerator<Uint8Array> {
    for (const file of localFiles) {
      let last: number | undefined = NEWLINE
      for await (const chunk of createReadStream(file) as AsyncIterable<Uint8Array>) {
        lines += newlinesIn(chunk)
        last = chunk.at(-1)
        yield chunk
      }
      if (last !== NEWLINE) throw new SluiceError('STORE_DAMAGED', `The file ${basename(file)} ends within a line.`)
    }
  }
  await pipeline(bytes, createWriteStream(localFile), { signal })
  return lines
}

function newlinesIn(bytes: Uint8Array): number {
  let count = 0
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) count++
  return count
}

// An instance of its own: what it remembers of files that are about to go, and the memory it takes, go with it.
async function concatRows(options: ConcatOptions, localFile: string): Promise<number> {
  const { folder, program, localFiles, signal } = options
  const instance = await openLockedDuckdb({ ...LIMITS, tempFolder: join(folder, 'spill'), folders: [folder] })
  const connection = await instance.connect()
  try {
    using _ = interruptOn(connection, signal)
    const copied = await connection.run(`COPY (${rowsSql(program, localFiles)}) TO ${literal(localFile)} (${PARQUET})`)
    const [rows] = await firstRow(copied)
    return Number(rows)
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

/** An empty table before the files gives the columns' order, and those that no file has. */
function rowsSql({ columns }: FileProgram, localFiles: readonly string[]): string {
  const own = columns.map(({ name, type }) => ({ name, type: type === 'json' ? 'VARCHAR' : castingOf(type).duckdb }))
  const technical = [
    { name: 'kafka_partition', type: 'INTEGER' },
    { name: 'kafka_offset', type: 'BIGINT' },
  ]
  const none = [...own, ...technical].map(({ name, type }) => `NULL::${type} AS ${identifier(name)}`)
  const files = `read_parquet(${literalList(localFiles)}, union_by_name = true, hive_partitioning = false)`
  return `SELECT ${none.join(', ')} WHERE false UNION ALL BY NAME SELECT * FROM ${files}`
}
