import type { Reject } from '#engine/core/columns.ts'
import { indexOf, offsetOf } from '#engine/core/batch-lines.ts'
import type { Expression } from '#engine/core/plan.ts'
import { identifier, literal } from '#engine/core/sql-literal.ts'
import type { Filtered, FilterProgram, Picked } from '#engine/ports/transform.ts'
import { failedForValues, plainDuckdbMessage } from './duckdb-errors.ts'
import { columnMember, type JsonMember, jsonObjectSql } from './duckdb-json-sql.ts'
import { INDEX } from './duckdb-parse-sql.ts'
import type { DuckdbParsed } from './duckdb-parsed.ts'
import { bytesOf, firstRow, integersOf, integersOfText } from './duckdb-results.ts'
import { relationSql } from './duckdb-slice-sql.ts'
import { concatPicked, NOTHING } from './picked.ts'

/** Above this many rows DuckDB may scan a table in parallel, and an aggregate needs to be told its order. */
const ROW_GROUP = 122_880

/** Runs a filter over the records of a batch from an offset on. Records for which its SQL fails are found by halving. */
export async function filterBatch(program: FilterProgram, parsed: DuckdbParsed, from: number): Promise<Filtered> {
  const first = indexOf(parsed.batch, from)
  const run = new FilterRun(program, parsed)
  const { kept, otherwise, failed } = await run.range(first, parsed.batch.count)
  const rejected = parsed.rejects.filter(({ offset }) => offset >= from).length
  const taken = parsed.batch.count - first - rejected
  const dropped = taken - kept.indexes.length - (otherwise?.indexes.length ?? 0) - failed.length
  return { kept, dropped, failed, ...(otherwise && { otherwise }) }
}

type Outcome = Omit<Filtered, 'dropped'>

class FilterRun {
  readonly #program: FilterProgram
  readonly #parsed: DuckdbParsed
  readonly #relation: string

  constructor(program: FilterProgram, parsed: DuckdbParsed) {
    this.#program = program
    this.#parsed = parsed
    this.#relation = relationSql(parsed, program.columns)
  }

  async range(first: number, end: number): Promise<Outcome> {
    try {
      return await this.#pick(first, end)
    } catch (error) {
      if (!failedForValues(error)) throw error
      return end - first === 1 ? this.#failed(first, error) : this.#halves(first, end)
    }
  }

  async #pick(first: number, end: number): Promise<Outcome> {
    const { where, select, otherwise } = this.#program
    const condition = where === undefined ? 'true' : `(${where}\n)`
    const kept = select
      ? await this.#rows(await this.#selected(select), condition, [first, end])
      : await this.#lines(condition, [first, end])
    if (!otherwise) return { kept, failed: [] }
    return {
      kept,
      otherwise: await this.#rows(this.#refusedMembers(), `${condition} IS NOT TRUE`, [first, end]),
      failed: [],
    }
  }

  async #halves(first: number, end: number): Promise<Outcome> {
    const middle = (first + end) >> 1
    const [low, high] = [await this.range(first, middle), await this.range(middle, end)]
    const kept = concatPicked(low.kept, high.kept)
    const failed = [...low.failed, ...high.failed]
    if (!this.#program.otherwise) return { kept, failed }
    return { kept, failed, otherwise: concatPicked(low.otherwise ?? NOTHING, high.otherwise ?? NOTHING) }
  }

  #failed(index: number, error: unknown): Outcome {
    const reject: Reject = { offset: offsetOf(this.#parsed.batch, index), field: '', reason: plainDuckdbMessage(error) }
    return { kept: NOTHING, failed: [reject], ...(this.#program.otherwise && { otherwise: NOTHING }) }
  }

  /** The original bytes of what the condition takes. */
  async #lines(condition: string, range: readonly [number, number]): Promise<Picked> {
    const { table } = this.#parsed
    const result = await table.session.run(`SELECT ${INDEX} ${this.#from(condition)}`, range)
    const indexes = await integersOf(result)
    return { indexes, ndjson: this.#parsed.lines(indexes) }
  }

  /** New objects for what the condition takes. */
  async #rows(members: readonly JsonMember[], condition: string, range: readonly [number, number]): Promise<Picked> {
    const { table, batch } = this.#parsed
    const order = batch.count > ROW_GROUP ? ' ORDER BY i' : ''
    const rows = `SELECT ${INDEX} AS i, ${jsonObjectSql(members)} AS line ${this.#from(condition)}`
    const joined = `SELECT encode(string_agg(i::VARCHAR, ','${order})), encode(string_agg(line, chr(10)${order})) FROM (${rows})`
    const [indexes, lines] = await firstRow(await table.session.run(joined, range))
    return { indexes: integersOfText(indexes), ndjson: bytesOf(lines) }
  }

  #from(condition: string): string {
    return `FROM ${this.#relation} WHERE ${INDEX} >= $1::INTEGER AND ${INDEX} < $2::INTEGER AND ${condition}`
  }

  async #selected(select: readonly Expression[]): Promise<readonly JsonMember[]> {
    const list = select.map(({ name, sql }) => `(${sql}\n) AS ${identifier(name)}`).join(', ')
    const result = await this.#parsed.table.session.run(`SELECT ${list} FROM ${this.#relation} LIMIT 0`)
    const types = result.columnTypes()
    return select.map(({ name, sql }, at) => ({ name, sql: `(${sql}\n)`, type: String(types[at]?.alias ?? types[at]) }))
  }

  #refusedMembers(): readonly JsonMember[] {
    const reason = { name: 'reason', sql: reasonSql(this.#program), type: 'VARCHAR' }
    const own = this.#parsed.shape.columns.filter(({ name }) => name !== reason.name)
    return [...own.map(columnMember), reason]
  }
}

/** Which clause was the first that was not true, and whether it was false or null. */
function reasonSql({ where = 'true', clauses }: FilterProgram): string {
  const cases = (clauses.length === 0 ? [where] : clauses).map((clause) => {
    const text = literal(clause.trim())
    return `WHEN (${clause}\n) IS NULL THEN ${text} || ' is null' WHEN NOT (${clause}\n) THEN ${text} || ' is false'`
  })
  return `CASE ${cases.join(' ')} END`
}
