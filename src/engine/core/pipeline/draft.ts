import { ENTRY_SCHEMAS, type Pipeline, type Section } from './pipeline-schema.ts'

/** A name's declaration; undefined where the name is declared, but wrongly. */
export type Entries<S extends Section> = ReadonlyMap<string, Pipeline[S][string] | undefined>

/** A pipeline file as far as it can be read, so that one mistake doesn't hide the others. */
export type Draft = { readonly [S in Section]: Entries<S> } & { readonly name: string | undefined }

/** Reads each entry on its own. */
export function draftOf(value: unknown): Draft {
  const root = asMap(value)
  const entries = <S extends Section>(section: S): Entries<S> => entriesOf(section, root[section])
  return {
    name: typeof root['name'] === 'string' ? root['name'] : undefined,
    topics: entries('topics'),
    producers: entries('producers'),
    filters: entries('filters'),
    aggregates: entries('aggregates'),
    sinks: entries('sinks'),
    tables: entries('tables'),
    analyses: entries('analyses'),
    endpoints: entries('endpoints'),
  }
}

/** A whole pipeline as a draft. */
export function draftFrom(pipeline: Pipeline): Draft {
  return {
    name: pipeline.name,
    topics: new Map(Object.entries(pipeline.topics)),
    producers: new Map(Object.entries(pipeline.producers)),
    filters: new Map(Object.entries(pipeline.filters)),
    aggregates: new Map(Object.entries(pipeline.aggregates)),
    sinks: new Map(Object.entries(pipeline.sinks)),
    tables: new Map(Object.entries(pipeline.tables)),
    analyses: new Map(Object.entries(pipeline.analyses)),
    endpoints: new Map(Object.entries(pipeline.endpoints)),
  }
}

/** The declarations of a section that are right by themselves, in the file's order. */
export function declared<Entry>(
  entries: ReadonlyMap<string, Entry | undefined>,
): readonly (readonly [string, Entry])[] {
  return [...entries].flatMap(([name, entry]) => (entry === undefined ? [] : [[name, entry] as const]))
}

function entriesOf<S extends Section>(section: S, value: unknown): Entries<S> {
  const schema = ENTRY_SCHEMAS[section]
  return new Map(Object.entries(asMap(value)).map(([name, entry]) => [name, schema.safeParse(entry).data]))
}

function asMap(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
}
