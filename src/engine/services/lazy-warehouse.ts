import type { TablePlan } from '#engine/core/plan.ts'
import type { Warehouse } from '#engine/ports/warehouse.ts'

/** A warehouse that is opened when the first question comes: until then it only remembers its tables. */
export function lazyWarehouse(open: () => Promise<Warehouse>): Warehouse {
  const tables = new Map<string, TablePlan>()
  let opened: Promise<Warehouse> | undefined
  let closed = false

  async function openWithTables(): Promise<Warehouse> {
    const warehouse = await open()
    for (const table of tables.values()) await warehouse.ensureTable(table)
    return warehouse
  }

  const warehouse = (): Promise<Warehouse> => (opened ??= openWithTables())

  async function close(): Promise<void> {
    if (closed) return
    closed = true
    await (await opened)?.close()
  }

  return {
    catalog: async () => (await warehouse()).catalog(),
    async ensureTable(table) {
      tables.set(table.name, table)
      await (await opened)?.ensureTable(table)
    },
    async dropTable(name) {
      tables.delete(name)
      await (await opened)?.dropTable(name)
    },
    addPartitions: async (table, folders) => (await opened)?.addPartitions(table, folders),
    async *query(sql, options) {
      yield* (await warehouse()).query(sql, options)
    },
    explain: async (sql) => (await warehouse()).explain(sql),
    export: async (sql, localFile, signal) => (await warehouse()).export(sql, localFile, signal),
    close,
    [Symbol.asyncDispose]: close,
  }
}
