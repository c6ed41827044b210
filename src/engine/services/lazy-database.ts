import { existsSync } from 'node:fs'
import type { Database } from '#engine/ports/database.ts'

/** The one database of an engine, opened when it is first needed: it takes a second, and most pipelines have no use for it. */
export interface LazyDatabase {
  open(): Promise<Database>
  /** Undefined where its folder was never made: then it holds nothing. */
  ifThere(): Promise<Database | undefined>
  /** Idempotent. */
  close(): Promise<void>
}

export function lazyDatabase(folder: string, openDatabase: () => Promise<Database>): LazyDatabase {
  let opened: Promise<Database> | undefined
  const open = (): Promise<Database> => (opened ??= openDatabase())
  return {
    open,
    ifThere: async () => (opened || existsSync(folder) ? open() : undefined),
    async close() {
      const closing = opened
      opened = undefined
      await (await closing)?.close()
    },
  }
}
