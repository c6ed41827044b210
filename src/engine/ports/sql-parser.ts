/** A place in a text: 0-based offset in characters. */
export interface SqlProblem {
  readonly message: string
  readonly position?: number
}

/**
 * Reads SQL without running it. `tree` is DuckDB's serialized syntax tree (json_serialize_sql), the same on every engine;
 * `core/portable-sql.ts` judges it.
 */
export interface SqlParser extends AsyncDisposable {
  /** The tree of one SELECT statement, or what is wrong with the text. */
  statement(sql: string): Promise<{ readonly tree: unknown } | SqlProblem>
  /** The tree of one scalar expression, or what is wrong with the text. */
  expression(sql: string): Promise<{ readonly tree: unknown } | SqlProblem>
  close(): Promise<void>
}
