import { castingOf } from '#engine/core/casting.ts'
import type { Column } from '#engine/core/columns.ts'
import { offsetOf } from '#engine/core/batch-lines.ts'
import type { Slice } from '#engine/ports/transform.ts'
import { jsonObjectSql } from './duckdb-json-sql.ts'
import { INDEX } from './duckdb-parse-sql.ts'
import { bytesOf, firstRow, integersOfText } from './duckdb-results.ts'
import { columnSql, sliceSql } from './duckdb-slice-sql.ts'

/** The records of a slice as cast, one JSON object a line, and their offsets. */
export async function sliceRows(
  columns: readonly Column[],
  slice: Slice,
): Promise<{ readonly ndjson: Uint8Array; readonly offsets: Float64Array }> {
  const sql = sliceSql(slice)
  const members = columns.map((column) => ({
    name: column.name,
    sql: columnSql(sql, column),
    type: castingOf(column.type).duckdb,
  }))
  const rows = `SELECT ${INDEX} AS i, ${jsonObjectSql(members)} AS line ${sql.from}`
  const joined = `SELECT encode(string_agg(i::VARCHAR, ',' ORDER BY i)), encode(string_agg(line, chr(10) ORDER BY i)) FROM (${rows})`
  const [indexes, lines] = await firstRow(await sql.parsed.table.session.runOnce(joined))
  const offsets = Float64Array.from(integersOfText(indexes), (index) => offsetOf(sql.parsed.batch, index))
  return { ndjson: bytesOf(lines), offsets }
}
