import type { TablePlan } from '#engine/core/plan.ts'
import type { Warehouse } from '#engine/ports/warehouse.ts'

type Files = Omit<TablePlan, 'name'>

/** Rows of a folder whose offset in a partition is at or above `from`. */
export async function countRows(
  warehouse: Warehouse,
  files: Files,
  { partition, from }: { readonly partition: number; readonly from: number },
): Promise<number> {
  const name = 'sluice_replay_counted'
  return withTables(warehouse, [{ ...files, name }], () =>
    numberOf(
      warehouse,
      `SELECT count(*) FROM ${name} WHERE kafka_partition = ${partition} AND kafka_offset >= ${from}`,
    ),
  )
}

/** Rows from the starts on that only one of two folders has: `missing` in the second, `extra` in it. */
export async function difference(
  warehouse: Warehouse,
  [before, after]: readonly [Files, Files],
  starts: readonly { readonly partition: number; readonly from: number }[],
): Promise<{ readonly missing: number; readonly extra: number }> {
  const [a, b] = ['sluice_replay_before', 'sluice_replay_after']
  const where = starts
    .map(({ partition, from }) => `(kafka_partition = ${partition} AND kafka_offset >= ${from})`)
    .join(' OR ')
  const only = (one: string, other: string): string =>
    `SELECT count(*) FROM (SELECT * FROM ${one} WHERE ${where} EXCEPT ALL SELECT * FROM ${other} WHERE ${where}) AS only_here`
  return withTables(
    warehouse,
    [
      { ...before, name: a },
      { ...after, name: b },
    ],
    async () => ({
      missing: await numberOf(warehouse, only(a, b)),
      extra: await numberOf(warehouse, only(b, a)),
    }),
  )
}

async function withTables<T>(warehouse: Warehouse, tables: readonly TablePlan[], use: () => Promise<T>): Promise<T> {
  try {
    for (const table of tables) await warehouse.ensureTable(table)
    return await use()
  } finally {
    for (const { name } of tables) await warehouse.dropTable(name)
  }
}

async function numberOf(warehouse: Warehouse, sql: string): Promise<number> {
  for await (const { rows } of warehouse.query(sql)) return Number(rows[0]?.[0] ?? 0)
  return 0
}
