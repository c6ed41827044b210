import { duckdbTransform } from './embedded/duckdb-transform.ts'
import { duckdbWarehouse } from './embedded/duckdb-warehouse.ts'
import { folderLake } from './embedded/folder-lake.ts'
import { pgliteDatabase } from './embedded/pglite-database.ts'
import { sqliteBroker } from './embedded/sqlite-broker.ts'

/** The only list of adapters: those of the embedded engine, by port. */
export const embedded = {
  broker: sqliteBroker,
  lake: folderLake,
  database: pgliteDatabase,
  transform: duckdbTransform,
  warehouse: duckdbWarehouse,
} as const
