import { randomUUID } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { SluiceError } from '#engine/core/sluice-error.ts'
import { identifier, literal, literalList } from '#engine/core/sql-literal.ts'
import type { AggregateProgram, AggregateState, Slice, WrittenFile } from '#engine/ports/transform.ts'
import { GREATEST, lateSql, mergedSql, partialsSql, resultsSql } from './duckdb-aggregate-sql.ts'
import type { DuckdbSession } from './duckdb-connection.ts'
import { columnsOf } from './duckdb-query.ts'
import { firstRow } from './duckdb-results.ts'
import { type SliceSql, sliceSql } from './duckdb-slice-sql.ts'
import { storedType, writableSql } from './duckdb-writable-sql.ts'

/** Partials of batches are appended as they come, and merged when there are this many, or twice as many as groups. */
const LOOSE_ROWS = 10_000
/** A state without any record yet has no types, hence no columns: its file has this one, and no row. */
const NOTHING = '"#nothing"'

export interface AggregateOptions {
  readonly program: AggregateProgram
  /** The state's own. */
  readonly session: DuckdbSession
  /** Where files go. */
  readonly folder: string
  /** Unique in the instance. */
  readonly name: string
}

/** A state, empty or as `save` wrote it. SCHEMA_CHANGED where it was saved by another program. */
export async function openAggregateState(options: AggregateOptions, localFile?: string): Promise<AggregateState> {
  const state = new DuckdbAggregateState(options)
  try {
    if (localFile !== undefined) await state.load(localFile)
    return state
  } catch (error) {
    await state[Symbol.asyncDispose]()
    throw error
  }
}

/** Merges the states of all partitions and writes the aggregate's rows. */
export async function mergeStates(
  { program, session, folder }: Omit<AggregateOptions, 'name'>,
  localFiles: readonly string[],
  format: 'parquet' | 'json',
): Promise<WrittenFile> {
  const filled: string[] = []
  for (const file of localFiles) if ((await savedRows(session, program, file)) > 0) filled.push(file)
  const select =
    filled.length === 0 ? noResultsSql(program) : resultsSql(program, `read_parquet(${literalList(filled)})`)
  const columns = columnsOf(await session.runOnce(`SELECT * FROM (${select}) LIMIT 0`))
  const options = format === 'json' ? 'FORMAT json' : 'FORMAT parquet, COMPRESSION zstd'
  return copyTo(session, writableSql(select, columns, format), { folder, format, options })
}

class DuckdbAggregateState implements AggregateState {
  readonly #options: AggregateOptions
  #table: string | undefined
  #made = 0
  #rows = 0
  /** Rows that were left by the last merge. */
  #groups = 0
  #greatest = 'NULL::TIMESTAMP'
  #last: Promise<unknown> = Promise.resolve()

  constructor(options: AggregateOptions) {
    this.#options = options
  }

  async load(localFile: string): Promise<void> {
    const { program, session } = this.#options
    if ((await savedRows(session, program, localFile)) === 0) return
    this.#table = this.#nextName()
    await session.runOnce(`CREATE TABLE ${this.#table} AS FROM read_parquet(${literalList([localFile])})`)
    await this.#measure(this.#table)
    this.#groups = this.#rows
  }

  add(slice: Slice): Promise<{ readonly late: number }> {
    return this.#inTurn(() => this.#add(slice))
  }

  save(): Promise<WrittenFile> {
    return this.#inTurn(() => this.#save())
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#inTurn(async () => {
      if (this.#table !== undefined) await this.#options.session.runOnce(`DROP TABLE ${this.#table}`)
      this.#table = undefined
    })
    await this.#options.session.close()
  }

  async #add(slice: Slice): Promise<{ readonly late: number }> {
    const { session } = this.#options
    const sql = sliceSql(slice, { columns: this.#options.program.columns, time: this.#options.program.window?.time })
    const late = await this.#late(sql)
    const program = late === 0 ? withoutKeep(this.#options.program) : this.#options.program
    const partials = partialsSql(program, sql, this.#greatest)
    this.#table ??= await this.#create(`SELECT * FROM (${partials}) LIMIT 0`)
    await session.runOnce(`INSERT INTO ${this.#table} ${partials}`)
    await this.#measure(this.#table)
    if (this.#rows > Math.max(LOOSE_ROWS, 2 * this.#groups)) await this.#merge(this.#table)
    return { late }
  }

  /** How many records are late. Where even the oldest is not behind the newest by `keep`, none can be. */
  async #late(slice: SliceSql): Promise<number> {
    const { program, session } = this.#options
    const keep = program.window?.keepMs
    if (keep === undefined) return 0
    const spread = `min(t) >= greatest(max(t), ${this.#greatest}) - to_milliseconds(${keep})`
    const [inTime] = await firstRow(
      await session.runOnce(`SELECT ${spread} FROM (SELECT ${slice.time} AS t ${slice.from})`),
    )
    if (inTime !== false) return 0
    const [late] = await firstRow(await session.runOnce(lateSql(program, slice, this.#greatest)))
    return Number(late)
  }

  async #save(): Promise<WrittenFile> {
    const { program, session, folder } = this.#options
    if (this.#table !== undefined) this.#table = await this.#merge(this.#table)
    const select = this.#table === undefined ? `SELECT NULL::INTEGER AS ${NOTHING} WHERE false` : `FROM ${this.#table}`
    const print = `KV_METADATA {program: ${literal(printOf(program))}}`
    return copyTo(session, select, { folder, format: 'parquet', options: `FORMAT parquet, COMPRESSION zstd, ${print}` })
  }

  /** One row for each group, in a new table: the old one stands until that is done. */
  async #merge(table: string): Promise<string> {
    const { program, session } = this.#options
    const merged = await this.#create(`SELECT * FROM ${table} LIMIT 0`)
    await session.runOnce(`INSERT INTO ${merged} ${mergedSql(program, table)}`)
    await session.runOnce(`DROP TABLE ${table}`)
    this.#table = merged
    await this.#measure(merged)
    this.#groups = this.#rows
    return merged
  }

  async #create(likeSql: string): Promise<string> {
    const { session } = this.#options
    const name = this.#nextName()
    const columns = columnsOf(await session.runOnce(likeSql))
    const definitions = columns.map((column) => `${identifier(column.name)} ${storedType(column.type)}`)
    await session.runOnce(`CREATE TABLE ${name} (${definitions.join(', ')})`)
    return name
  }

  async #measure(table: string): Promise<void> {
    const result = await this.#options.session.runOnce(`SELECT count(*), epoch_us(max(${GREATEST})) FROM ${table}`)
    const [rows, greatest] = await firstRow(result)
    this.#rows = Number(rows)
    if (typeof greatest === 'bigint') this.#greatest = `make_timestamp(${greatest})`
  }

  #nextName(): string {
    this.#made++
    return identifier(`${this.#options.name} ${this.#made}`)
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const done = this.#last.then(act, act)
    this.#last = done.catch(() => undefined)
    return done
  }
}

interface CopyTarget {
  readonly folder: string
  readonly format: 'parquet' | 'json'
  readonly options: string
}

async function copyTo(
  session: DuckdbSession,
  select: string,
  { folder, format, options }: CopyTarget,
): Promise<WrittenFile> {
  const localFile = join(folder, `${randomUUID()}.${format}`)
  const [rows] = await firstRow(await session.runOnce(`COPY (${select}) TO ${literal(localFile)} (${options})`))
  const { size } = await stat(localFile)
  return { folder: '', localFile, rows: Number(rows), bytes: size }
}

/** How many groups a saved state has. SCHEMA_CHANGED where another program saved it. */
async function savedRows(session: DuckdbSession, program: AggregateProgram, localFile: string): Promise<number> {
  const file = literal(localFile)
  const metadata = `SELECT decode(value) FROM parquet_kv_metadata(${file}) WHERE decode(key) = 'program'`
  const [print] = await firstRow(await session.runOnce(metadata))
  if (print !== printOf(program)) {
    throw new SluiceError('SCHEMA_CHANGED', 'The aggregate was changed since its state was saved.', {
      remedy: 'Give it a new name, or reset it, so that it counts from the start.',
    })
  }
  const [rows] = await firstRow(
    await session.runOnce(`SELECT sum(num_rows)::BIGINT FROM parquet_file_metadata(${file})`),
  )
  return Number(rows)
}

/** What a state depends on: not how late a record may be. */
function printOf({ groupBy, measures, window }: AggregateProgram): string {
  const groups = groupBy.map(({ name, type }) => ({ name, type }))
  return JSON.stringify({ groups, measures, ...(window && { every: window.everyMs, time: window.time }) })
}

function withoutKeep(program: AggregateProgram): AggregateProgram {
  if (program.window === undefined) return program
  const { everyMs, time } = program.window
  return { ...program, window: { everyMs, time } }
}

/** No record came yet, so no measure has a type. */
function noResultsSql({ groupBy, measures, window }: AggregateProgram): string {
  const names = [
    ...groupBy.map(({ name }) => name),
    ...(window ? ['window_start'] : []),
    ...measures.map(({ name }) => name),
  ]
  return `SELECT ${names.map((name) => `NULL::INTEGER AS ${identifier(name)}`).join(', ')} WHERE false`
}
