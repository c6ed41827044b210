import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'

/** Values by the names under which the text has them: `$name`. */
export type Values = Readonly<Record<string, SQLInputValue>>

/**
 * SQL on one connection, each text prepared once. `Row` is the caller's word for the columns that it asks for: SQL gives
 * no types, and STRICT tables hold the columns to theirs.
 */
export class Sql {
  /** Names the store in errors. */
  readonly file: string
  readonly #db: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()

  constructor(file: string, db: DatabaseSync) {
    this.file = file
    this.#db = db
  }

  /** The first row, if there is one. */
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- see above
  one<Row>(text: string, values: Values = {}): Row | undefined {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
    return this.#prepare(text).get(values) as Row | undefined
  }

  all<Row>(text: string, values: Values = {}): Row[] {
    return [...this.each<Row>(text, values)]
  }

  /** Rows as they are asked for. The loop has to end inside the transaction. */
  each<Row>(text: string, values: Values = {}): Iterable<Row> {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
    return this.#prepare(text).iterate(values) as Iterable<Row>
  }

  run(text: string, values: Values = {}): void {
    this.#prepare(text).run(values)
  }

  /** One row of a table, by its columns' names. */
  insert(table: string, row: Values): void {
    this.run(`INSERT INTO ${table} ${columnsOf(row)}`, row)
  }

  /** The same, over the one with its key, if there is one. */
  put(table: string, row: Values): void {
    this.run(`INSERT OR REPLACE INTO ${table} ${columnsOf(row)}`, row)
  }

  #prepare(text: string): StatementSync {
    const known = this.#statements.get(text)
    if (known) return known
    const statement = this.#db.prepare(text)
    this.#statements.set(text, statement)
    return statement
  }
}

function columnsOf(row: Values): string {
  const names = Object.keys(row)
  return `(${names.join(', ')}) VALUES (${names.map((name) => `$${name}`).join(', ')})`
}
