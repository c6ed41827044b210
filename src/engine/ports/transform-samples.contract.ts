import type { Batch } from '#engine/core/batch.ts'
import type { Column, TopicShape } from '#engine/core/columns.ts'
import type { Log } from './adapter.ts'
import type { Parsed, Slice, Transform } from './transform.ts'

/** A Parquet file as another reader sees it: `name TYPE` of each column in DuckDB's words, bigints and times as text. */
export interface ParquetContent {
  readonly types: readonly string[]
  readonly rows: readonly Readonly<Record<string, unknown>>[]
}

export interface TransformStand {
  readonly transform: Transform
  readParquet(localFile: string): Promise<ParquetContent>
}

const nothing = (): void => undefined
export const SILENT_LOG: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing }

/** 2026-11-22T01:30:00Z */
export const BROKER_TIME = Date.UTC(2026, 10, 22, 1, 30)

/** A batch of these lines from offset 0 of partition 0 on, unless told otherwise. */
export function batchOf(lines: readonly string[], other: Partial<Batch> = {}): Batch {
  const firstOffset = other.firstOffset ?? 0
  return {
    topic: 't',
    partition: 0,
    firstOffset,
    nextOffset: firstOffset + lines.length,
    count: lines.length,
    timestamps: new Float64Array(lines.length).fill(BROKER_TIME),
    keys: lines.map(() => null),
    ndjson: new TextEncoder().encode(lines.join('\n')),
    ...other,
  }
}

export const ROCKS: TopicShape = {
  topic: 't',
  time: 'seen_at',
  columns: [
    { name: 'id', type: 'string', required: true },
    { name: 'mass', type: 'double' },
    { name: 'hits', type: 'long' },
    { name: 'price', type: 'decimal(10,2)' },
    { name: 'alive', type: 'boolean' },
    { name: 'seen_at', type: 'timestamp' },
    { name: 'found', type: 'date' },
    { name: 'tags', type: 'json' },
  ],
}

export interface Rock {
  readonly id?: string | null
  readonly mass?: unknown
  readonly hits?: unknown
  readonly seen_at?: string | null
  readonly [other: string]: unknown
}

export function rockLines(rocks: readonly Rock[]): readonly string[] {
  return rocks.map((rock) => JSON.stringify(rock))
}

/** Parses records and gives the slice of all of them. */
export async function sliceOf(
  transform: Transform,
  shape: TopicShape,
  batch: Batch,
): Promise<Slice & { readonly parsed: Parsed }> {
  return { parsed: await transform.parse(shape, batch), from: batch.firstOffset }
}

export function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes)
}

/** The objects of NDJSON; none of an empty text. */
export function objectsOf(bytes: Uint8Array): readonly object[] {
  const text = textOf(bytes)
  return text === '' ? [] : text.split('\n').map(objectOf)
}

function objectOf(line: string): object {
  const value: unknown = JSON.parse(line)
  if (typeof value !== 'object' || value === null) throw new TypeError(`no object: ${line}`)
  return value
}

export function column(name: string, type: Column['type'], checks: Partial<Column> = {}): Column {
  return { name, type, ...checks }
}
