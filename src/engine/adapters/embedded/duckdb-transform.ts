import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { DuckDBInstance } from '@duckdb/node-api'
import { z } from 'zod'
import type { Batch } from '#engine/core/batch.ts'
import type { Column, TopicShape } from '#engine/core/columns.ts'
import { SluiceError } from '#engine/core/sluice-error.ts'
import { defineAdapter } from '#engine/ports/adapter.ts'
import type {
  AggregateProgram,
  AggregateState,
  FileProgram,
  FilterProgram,
  Filtered,
  Parsed,
  Slice,
  Transform,
  WrittenFile,
} from '#engine/ports/transform.ts'
import { mergeStates, openAggregateState } from './duckdb-aggregate.ts'
import { BatchTables } from './duckdb-batch-tables.ts'
import { concatFiles } from './duckdb-concat.ts'
import { DuckdbSession } from './duckdb-connection.ts'
import { filterBatch } from './duckdb-filter.ts'
import { openLockedDuckdb } from './duckdb-instance.ts'
import { sliceRows } from './duckdb-rows.ts'
import { sliceSql } from './duckdb-slice-sql.ts'
import { foldersOf, writeFiles } from './duckdb-write.ts'

const OPTIONS = z.object({
  folder: z.string().describe('the only folder it reads and writes: its files and what it spills'),
  threads: z.int().min(1).optional().describe('how many cores it may use: 1'),
  memoryLimitMb: z.int().min(64).optional().describe('memory it may use, in MB: 512'),
})

export const duckdbTransform = defineAdapter({
  port: 'transform',
  name: 'duckdb',
  summary: 'Checks, casts, filters and files whole batches in DuckDB, in this process.',
  options: OPTIONS,
  open: (options) => openTransform(options),
})

async function openTransform({
  folder,
  threads = 1,
  memoryLimitMb = 512,
}: z.output<typeof OPTIONS>): Promise<Transform> {
  const tempFolder = join(folder, 'spill')
  await mkdir(tempFolder, { recursive: true })
  const instance = await openLockedDuckdb({ threads, memoryLimit: `${memoryLimitMb}MB`, tempFolder, folders: [folder] })
  return new DuckdbTransform(instance, folder)
}

class DuckdbTransform implements Transform {
  readonly #instance: DuckDBInstance
  readonly #folder: string
  readonly #tables: BatchTables
  readonly #underWay = new Set<Promise<unknown>>()
  #states = 0
  #closing: Promise<void> | undefined

  constructor(instance: DuckDBInstance, folder: string) {
    this.#instance = instance
    this.#folder = folder
    this.#tables = new BatchTables(instance)
  }

  parse(shape: TopicShape, batch: Batch): Promise<Parsed> {
    return this.#busy(() => this.#tables.parse(shape, batch))
  }

  filter(program: FilterProgram, slice: Slice): Promise<Filtered> {
    return this.#busy(() => filterBatch(program, sliceSql(slice).parsed, slice.from))
  }

  async folders(program: FileProgram, slices: readonly Slice[]): Promise<number> {
    const folders = await this.#inSession((session) => foldersOf({ session, folder: this.#folder, program, slices }))
    return folders.length
  }

  write(program: FileProgram, slices: readonly Slice[]): Promise<readonly WrittenFile[]> {
    return this.#inSession((session) => writeFiles({ session, folder: this.#folder, program, slices }))
  }

  concat(program: FileProgram, localFiles: readonly string[], signal?: AbortSignal): Promise<WrittenFile> {
    return this.#busy(() => concatFiles({ folder: this.#folder, program, localFiles, signal }))
  }

  rows(
    columns: readonly Column[],
    slice: Slice,
  ): Promise<{ readonly ndjson: Uint8Array; readonly offsets: Float64Array }> {
    return this.#busy(() => sliceRows(columns, slice))
  }

  aggregate(program: AggregateProgram, localFile?: string): Promise<AggregateState> {
    this.#states++
    const name = `state ${this.#states}`
    return this.#busy(async () => {
      const session = new DuckdbSession(await this.#instance.connect())
      return openAggregateState({ program, session, folder: this.#folder, name }, localFile)
    })
  }

  merge(program: AggregateProgram, localFiles: readonly string[], format: 'parquet' | 'json'): Promise<WrittenFile> {
    return this.#inSession((session) => mergeStates({ program, session, folder: this.#folder }, localFiles, format))
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(): Promise<void> {
    await Promise.allSettled(this.#underWay)
    await this.#tables.close()
    this.#instance.closeSync()
  }

  #inSession<T>(act: (session: DuckdbSession) => Promise<T>): Promise<T> {
    return this.#busy(async () => {
      const session = new DuckdbSession(await this.#instance.connect())
      try {
        return await act(session)
      } finally {
        await session.close()
      }
    })
  }

  async #busy<T>(act: () => Promise<T>): Promise<T> {
    if (this.#closing) throw new SluiceError('NOT_CONNECTED', 'The transform is closed.')
    const running = act()
    this.#underWay.add(running)
    try {
      return await running
    } finally {
      this.#underWay.delete(running)
    }
  }
}
