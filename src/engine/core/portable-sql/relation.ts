import type { Lookup } from './judge.ts'
import type { SqlType } from './sql-type.ts'

/** A column of a table or of a query's result, as far as its type is known. */
export interface SqlColumn {
  readonly name: string
  readonly type: SqlType
}

/** What stands in a FROM: an alias with columns. Columns undefined: not known. */
export interface Relation {
  readonly alias: string
  readonly columns: readonly SqlColumn[] | undefined
}

/** Finds columns in relations; what is not found there, outside (for correlated subqueries). Names match in any case. */
export function lookupIn(relations: readonly Relation[], outer?: Lookup): Lookup {
  return (parts) => {
    const [name, qualifier] = [parts.at(-1) ?? '', parts.at(-2)]
    const among = qualifier === undefined ? relations : relations.filter(({ alias }) => same(alias, qualifier))
    const found = among.flatMap(({ columns }) => columns?.find((column) => same(column.name, name)) ?? [])
    if (found[0] !== undefined) return { type: found[0].type }
    if (among.some(({ columns }) => columns === undefined)) return { type: undefined }
    return outer?.(parts)
  }
}

export function columnNames(relations: readonly Relation[]): readonly string[] {
  return [...new Set(relations.flatMap(({ columns = [] }) => columns.map(({ name }) => name)))]
}

export function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}
