import { DuckDBInstance } from '@duckdb/node-api'
import { literal, literalList } from '#engine/core/sql-literal.ts'

export interface DuckdbLimits {
  readonly threads: number
  /** As DuckDB writes it: '1GB'. */
  readonly memoryLimit: string
  /** Where it may spill. Absent: it never does. */
  readonly tempFolder?: string
  /** The only folders whose files can be read or written. */
  readonly folders?: readonly string[]
}

/**
 * An in-memory DuckDB in which a stranger's SQL reaches nothing: no files but in `folders`, no extensions, no network,
 * and none of this can be set back. Times are UTC.
 */
export async function openLockedDuckdb(limits: DuckdbLimits): Promise<DuckDBInstance> {
  const instance = await DuckDBInstance.create(':memory:', {
    threads: String(limits.threads),
    memory_limit: limits.memoryLimit,
    temp_directory: limits.tempFolder ?? '',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
  })
  const connection = await instance.connect()
  try {
    for (const setting of lockdown(limits.folders ?? [])) await connection.run(setting)
  } finally {
    connection.closeSync()
  }
  return instance
}

// The order matters: folders can't be allowed once external access is off, nothing can be set once it is locked.
function lockdown(folders: readonly string[]): readonly string[] {
  return [
    `SET GLOBAL TimeZone = ${literal('UTC')}`,
    // Division by zero is null, as in Hive and Spark, and not infinity.
    'SET GLOBAL ieee_floating_point_ops = false',
    'SET GLOBAL parquet_metadata_cache = true',
    `SET allowed_directories = ${literalList(folders)}`,
    'SET enable_external_access = false',
    'SET lock_configuration = true',
  ]
}
