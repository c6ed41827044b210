import { castingOf } from '#engine/core/casting.ts'
import type { Column } from '#engine/core/columns.ts'
import { SluiceError } from '#engine/core/sluice-error.ts'
import { identifier } from '#engine/core/sql-literal.ts'
import type { DatabaseTable } from '#engine/ports/database.ts'
import type { PgliteTransaction } from './pglite-session.ts'

/** Where a row came from, and the key of a table that has none of its own. */
const TECHNICAL = '"_topic" text NOT NULL, "_partition" integer NOT NULL, "_offset" bigint NOT NULL'
const OWN_KEY = ['_topic', '_partition', '_offset']

/** Columns without the technical ones as Postgres names their types, and the columns of the primary key. */
interface Standing {
  readonly types: ReadonlyMap<string, string>
  readonly key: readonly string[]
}

/** A column as a definition: `"age" integer`. */
export function columnDefinition({ name, type }: Column): string {
  return `${identifier(name)} ${castingOf(type).postgres}`
}

/** The columns by which a row is found again. */
export function keyColumns({ key }: DatabaseTable): readonly string[] {
  return key === undefined ? OWN_KEY : [key]
}

/** Makes the table, or brings it up to its declaration. SCHEMA_CHANGED where a type or the key is another one. */
export async function ensureTable(sql: PgliteTransaction, table: DatabaseTable): Promise<void> {
  const standing = await describe(sql, table.name)
  if (!standing) return createTable(sql, table)
  const key = keyColumns(table)
  if (standing.key.join() !== key.join()) {
    throw changed(table, `its key is ${standing.key.join(', ')}, and now ${key.join(', ')} is declared`)
  }
  for (const column of table.columns) await ensureColumn(sql, table, { column, standing })
}

/** The tables that sinks made, by name. */
export async function tableNames(sql: PgliteTransaction): Promise<readonly string[]> {
  const found = await sql.rows(
    `SELECT c.relname AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = '_offset'
     WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace ORDER BY 1`,
  )
  return found.map(({ name }) => String(name))
}

async function createTable(sql: PgliteTransaction, table: DatabaseTable): Promise<void> {
  const key = keyColumns(table).map(identifier).join(', ')
  const columns = [...table.columns.map(columnDefinition), TECHNICAL, `PRIMARY KEY (${key})`]
  await sql.rows(`CREATE TABLE ${identifier(table.name)} (${columns.join(', ')})`)
}

async function ensureColumn(
  sql: PgliteTransaction,
  table: DatabaseTable,
  { column, standing }: { readonly column: Column; readonly standing: Standing },
): Promise<void> {
  const found = standing.types.get(column.name)
  const wanted = await fullTypeName(sql, castingOf(column.type).postgres)
  if (found === wanted) return
  if (found !== undefined) throw changed(table, `its column ${column.name} is ${found}, and now ${wanted} is declared`)
  await sql.rows(`ALTER TABLE ${identifier(table.name)} ADD COLUMN ${columnDefinition(column)}`)
}

/** As the catalogue spells a type: `timestamp without time zone`. */
async function fullTypeName(sql: PgliteTransaction, type: string): Promise<string> {
  const [base = '', modifiers] = type.split(/[()]/)
  const [row] = await sql.rows('SELECT format_type(to_regtype($1), NULL) AS name', [base])
  return modifiers === undefined ? String(row?.['name']) : `${String(row?.['name'])}(${modifiers})`
}

async function describe(sql: PgliteTransaction, name: string): Promise<Standing | undefined> {
  const rows = await sql.rows(
    `SELECT a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type,
       array_position(i.indkey::smallint[], a.attnum) AS key
     FROM pg_attribute a LEFT JOIN pg_index i ON i.indrelid = a.attrelid AND i.indisprimary
     WHERE a.attrelid = to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY key`,
    [`public.${identifier(name)}`],
  )
  if (rows.length === 0) return undefined
  return {
    types: new Map(rows.map((row) => [String(row['name']), String(row['type'])])),
    key: rows.filter((row) => row['key'] !== null).map((row) => String(row['name'])),
  }
}

function changed(table: DatabaseTable, difference: string): SluiceError {
  return new SluiceError('SCHEMA_CHANGED', `filling the table ${table.name}: ${difference}`, {
    remedy: 'Give the sink a new table, or reset it, so that the table is made again.',
  })
}
