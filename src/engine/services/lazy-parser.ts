import type { SqlParser } from '#engine/ports/sql-parser.ts'

/** A parser that is opened when it is needed, and let go of when the last call of a burst is answered. */
export function lazyParser(open: () => Promise<SqlParser>): SqlParser {
  let opened: Promise<SqlParser> | undefined
  let users = 0

  async function use<T>(work: (parser: SqlParser) => Promise<T>): Promise<T> {
    users++
    opened ??= open()
    try {
      return await work(await opened)
    } finally {
      users--
      if (users === 0) setTimeout(() => void close(), KEEP_MS).unref()
    }
  }

  async function close(): Promise<void> {
    if (users > 0) return
    const closing = opened
    opened = undefined
    await (await closing)?.close()
  }

  return {
    statement: (sql) => use((parser) => parser.statement(sql)),
    expression: (sql) => use((parser) => parser.expression(sql)),
    close,
    [Symbol.asyncDispose]: close,
  }
}

const KEEP_MS = 1_000
