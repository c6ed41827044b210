import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { type ParquetContent, SILENT_LOG } from '#engine/ports/transform-samples.contract.ts'
import { transformContract } from '#engine/ports/transform.contract.ts'
import { duckdbTransform } from './duckdb-transform.ts'

async function readParquet(localFile: string): Promise<ParquetContent> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  try {
    const reader = await connection.runAndReadAll(`FROM '${localFile}'`)
    const types = reader.columnTypes()
    return {
      types: reader.columnNames().map((name, at) => `${name} ${String(types[at])}`),
      rows: reader.getRowObjectsJson(),
    }
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

transformContract('duckdb', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'transform-'))
  const transform = await duckdbTransform.open({ folder, threads: 2 }, { log: SILENT_LOG })
  return {
    transform,
    readParquet,
    async done() {
      await transform.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
})
