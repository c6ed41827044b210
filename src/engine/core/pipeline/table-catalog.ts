import type { Column, ColumnType } from '#engine/core/columns.ts'
import type { TablePlan } from '#engine/core/plan.ts'
import type { SqlColumn, SqlType, Tables } from '#engine/core/portable-sql.ts'
import { uniteColumns } from './column-union.ts'
import { declared, type Draft } from './draft.ts'
import type { AggregateDeclaration } from './job-schema.ts'
import type { SqlFacts } from './sql-facts.ts'
import type { Topics } from './topic-graph.ts'

/** What fills a lake folder: the columns of its files, undefined where they are not known yet. */
export interface Filled {
  readonly path: string
  readonly format: 'parquet' | 'json'
  readonly columns: readonly Column[] | undefined
  readonly partitionBy: readonly ('dt' | 'hour')[]
  readonly snapshots: boolean
}

/** A table and what fills its folder; undefined where nothing does. */
export interface CatalogEntry {
  readonly name: string
  readonly path: string
  readonly filled: Filled | undefined
}

const OFFSET_COLUMNS: readonly SqlColumn[] = [
  { name: 'kafka_partition', type: 'int' },
  { name: 'kafka_offset', type: 'long' },
]

/** Every table that SQL of this pipeline may read: those declared, and those that results are filed into. */
export function catalogOf(draft: Draft, topics: Topics, facts: SqlFacts): readonly CatalogEntry[] {
  const folders = filledFolders(draft, topics, facts)
  const entry = (name: string, path: string): CatalogEntry => ({
    name,
    path,
    filled: folders.find((folder) => folder.path === path),
  })
  const tables = declared(draft.tables).map(([name, { path }]) => entry(name, path))
  return [...tables, ...resultTables(draft).map(({ table, path }) => entry(table, path))]
}

/** The tables that analyses and HTTP histories name themselves. */
export function resultTables(draft: Draft): readonly { readonly table: string; readonly path: string }[] {
  const analyses = declared(draft.analyses).map(([, { into }]) => into)
  const collected = declared(draft.producers).map(([, { http }]) => http?.history?.into)
  return [...analyses, ...collected].filter((into) => into !== undefined)
}

/** The catalogue as SQL sees it: with partition folders and technical columns. */
export function sqlTables(catalog: readonly CatalogEntry[]): Tables {
  return new Map(catalog.map(({ name, filled }) => [name.toLowerCase(), sqlColumns(filled)]))
}

/** The table as the warehouse is told of it; columns empty: as the files have them. */
export function tablePlan({ name, path, filled }: CatalogEntry): TablePlan {
  const { format = 'parquet', columns = [], partitionBy = [], snapshots = false } = filled ?? {}
  return { name, path, format, columns, partitionBy, snapshots }
}

function sqlColumns(filled: Filled | undefined): readonly SqlColumn[] | undefined {
  if (filled?.columns === undefined) return undefined
  if (filled.snapshots) return filled.columns
  const folders = filled.partitionBy.map((name): SqlColumn => ({ name, type: 'string' }))
  return [...filled.columns, ...OFFSET_COLUMNS, ...folders]
}

function filledFolders(draft: Draft, topics: Topics, facts: SqlFacts): readonly Filled[] {
  const sinks = declared(draft.sinks).flatMap(([, { from, lake }]): Filled[] => {
    if (lake === undefined) return []
    const { path, format, partition_by: partitionBy } = lake
    return [{ path, format, partitionBy, snapshots: false, columns: uniteColumns(topics, from)?.columns }]
  })
  const aggregates = declared(draft.aggregates).flatMap(([name, aggregate]): Filled[] => {
    if (aggregate.lake === undefined) return []
    return [
      {
        ...aggregate.lake,
        partitionBy: [],
        snapshots: true,
        columns: aggregateColumns(name, { aggregate, topics, facts }),
      },
    ]
  })
  const analyses = declared(draft.analyses).flatMap(([name, { into }]): Filled[] => {
    if (into === undefined) return []
    return [
      { path: into.path, format: 'parquet', partitionBy: [], snapshots: true, columns: typed(facts.results.get(name)) },
    ]
  })
  return [...sinks, ...aggregates, ...analyses, ...histories(draft, topics)]
}

function histories(draft: Draft, topics: Topics): readonly Filled[] {
  return declared(draft.producers).flatMap(([, { to, http }]): Filled[] => {
    if (http?.history === undefined) return []
    const names = Object.keys(http.history.map ?? http.map)
    const columns = topics.get(to)?.columns?.filter(({ name }) => names.includes(name))
    return [{ path: http.history.into.path, format: 'parquet', partitionBy: [], snapshots: false, columns }]
  })
}

/** The columns of an aggregate's results: its groups, its window, its measures; undefined where one isn't known. */
export function aggregateColumns(
  name: string,
  known: { readonly aggregate: AggregateDeclaration; readonly topics: Topics; readonly facts: SqlFacts },
): readonly Column[] | undefined {
  const { aggregate, topics, facts } = known
  const source = uniteColumns(topics, aggregate.from)?.columns
  const groups = aggregate.group_by.map((group) => source?.find((column) => column.name === group))
  const measures = facts.measures.get(name) ?? []
  if (groups.includes(undefined) || measures.length < Object.keys(aggregate.measures).length) return undefined
  const plain = groups.flatMap((group) => (group === undefined ? [] : [{ name: group.name, type: group.type }]))
  return typed([
    ...plain,
    ...windowColumns(aggregate),
    ...measures.map((fact) => ({ name: fact.name, type: fact.type })),
  ])
}

/** The columns that a window adds: where it starts, and for a gap whether it is still open. */
export function windowColumns({ window }: AggregateDeclaration): readonly Column[] {
  if (window === undefined) return []
  const start: Column = { name: 'window_start', type: 'timestamp' }
  return window.gap === undefined ? [start] : [start, { name: 'open', type: 'boolean' }]
}

function typed(columns: readonly SqlColumn[] | undefined): readonly Column[] | undefined {
  const known = columns?.filter((column): column is { name: string; type: ColumnType } => isColumnType(column.type))
  return known?.length === columns?.length ? known?.map(({ name, type }) => ({ name, type })) : undefined
}

function isColumnType(type: SqlType): type is ColumnType {
  return type !== undefined && type !== 'null' && type !== 'interval'
}
