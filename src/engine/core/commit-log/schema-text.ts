import type { Column } from '#engine/core/columns.ts'

/** How an entry names the columns of its files: names and types in order, `[["id","string"],…]`. */
export function schemaText(columns: readonly Column[]): string {
  return JSON.stringify(columns.map(({ name, type }) => [name, type]))
}
