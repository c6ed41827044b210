import { folderLake } from './embedded/folder-lake.ts'
import { sqliteBroker } from './embedded/sqlite-broker.ts'

/** The only list of adapters. */
export const ADAPTERS = [sqliteBroker, folderLake] as const
