import { afterAll, beforeAll, describe } from 'vitest'
import { insertingContract } from './database-inserting.contract.ts'
import { queryingContract } from './database-querying.contract.ts'
import type { DatabaseStand } from './database-samples.contract.ts'
import { tablesContract } from './database-tables.contract.ts'
import type { Database } from './database.ts'

export interface OpenedDatabase extends AsyncDisposable {
  readonly database: Database
  /** The same store once more, after what had it open was closed. */
  reopen(): Promise<Database>
}

/** Every guarantee of the port, as sentences that each adapter has to pass. */
export function databaseContract(name: string, open: () => Promise<OpenedDatabase>): void {
  describe(`the database on ${name}`, () => {
    let opened: OpenedDatabase
    let database: Database
    const stand: DatabaseStand = {
      get database() {
        return database
      },
      async reopen() {
        database = await opened.reopen()
      },
    }

    beforeAll(async () => {
      opened = await open()
      database = opened.database
    }, 120_000)
    afterAll(async () => {
      await database.close()
      await opened[Symbol.asyncDispose]()
    })

    describe('tables', () => {
      tablesContract(stand)
    })
    describe('inserting', () => {
      insertingContract(stand)
    })
    describe('querying', () => {
      queryingContract(stand)
    })
  })
}
