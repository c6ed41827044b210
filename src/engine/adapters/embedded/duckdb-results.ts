import { DuckDBBlobValue, type DuckDBResult, type DuckDBValue } from '@duckdb/node-api'

/** The first row of a small result. */
export async function firstRow(result: DuckDBResult): Promise<readonly DuckDBValue[]> {
  const [row] = await result.getRows()
  return row ?? []
}

/** The bytes of a BLOB; none where it is null. */
export function bytesOf(value: DuckDBValue | undefined): Uint8Array {
  return value instanceof DuckDBBlobValue ? value.bytes : new Uint8Array(0)
}

/** A column of INTEGERs without nulls. */
export async function integersOf(result: DuckDBResult): Promise<Uint32Array> {
  const chunks = await result.fetchAllChunks()
  const integers = new Uint32Array(chunks.reduce((sum, chunk) => sum + chunk.rowCount, 0))
  let at = 0
  for (const chunk of chunks) {
    const vector = chunk.getColumnVector(0)
    for (let row = 0; row < chunk.rowCount; row++) integers[at++] = Number(vector.getItem(row))
  }
  return integers
}

/** The numbers of a BLOB that holds them as text, joined by commas. */
export function integersOfText(value: DuckDBValue | undefined): Uint32Array {
  const text = Buffer.from(bytesOf(value)).toString('latin1')
  return text === '' ? new Uint32Array(0) : Uint32Array.from(text.split(','), Number)
}
