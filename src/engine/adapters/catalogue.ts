import { duckdbTransform } from './embedded/duckdb-transform.ts'
import { duckdbWarehouse } from './embedded/duckdb-warehouse.ts'
import { folderLake } from './embedded/folder-lake.ts'
import { pgliteDatabase } from './embedded/pglite-database.ts'
import { sqliteBroker } from './embedded/sqlite-broker.ts'

/** The only list of adapters. */
export const ADAPTERS = [sqliteBroker, folderLake, pgliteDatabase, duckdbTransform, duckdbWarehouse] as const
