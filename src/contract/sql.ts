import { eventIterator } from '@orpc/contract'
import { z } from 'zod'
import { procedure } from './procedure.ts'

const sqlText = z
  .string()
  .min(1)
  .max(1024 * 1024)

/** Integers beyond 2^53 and decimals come as text, timestamps as ISO 8601 in UTC, nested values as JSON. */
export type SqlCell = string | number | boolean | null | readonly SqlCell[] | { readonly [key: string]: SqlCell }

export interface SqlPage {
  readonly columns: readonly { readonly name: string; readonly type: string }[]
  readonly rows: readonly (readonly SqlCell[])[]
}

// Not checked cell by cell: a page comes from our own engine, and a million rows would be walked twice.
const pageSchema = z.custom<SqlPage>((page) => typeof page === 'object' && page !== null && 'rows' in page)

export const querySchema = z.object({
  sql: sqlText,
  maxRows: z.number().int().positive().optional(),
  on: z.enum(['warehouse', 'database']).optional(),
})
export type Query = z.infer<typeof querySchema>

/** `file`: a new Parquet file on the machine of the engine, absolute. */
export const exportSchema = z.object({ sql: sqlText, file: z.string().min(1) })
export type Export = z.infer<typeof exportSchema>

export const exportedSchema = z.object({ file: z.string(), rows: z.number(), bytes: z.number() })
export type Exported = z.infer<typeof exportedSchema>

/** What SQL can ask for: tables of the lake with their folders, and tables of the database. */
export const catalogSchema = z.object({
  tables: z.array(
    z.object({
      name: z.string(),
      path: z.string(),
      columns: z.array(z.object({ name: z.string(), type: z.string() })),
      partitionBy: z.array(z.string()),
    }),
  ),
  database: z.array(z.object({ name: z.string() })),
})
export type SqlCatalog = z.infer<typeof catalogSchema>

export const sqlContract = {
  /** Pages in order; the first comes also when there are no rows. */
  query: procedure.input(querySchema).output(eventIterator(pageSchema)),
  export: procedure.input(exportSchema).output(exportedSchema),
  catalog: procedure.output(catalogSchema),
}
