import {
  AGGREGATE_FUNCTIONS,
  INSTEAD,
  SCALAR_FUNCTIONS,
  WINDOW_FUNCTIONS,
} from '#engine/core/portable-sql/functions.ts'
import type { JsonSchema } from './json-schema.ts'
import { pipelineReference } from './pipeline-reference.ts'

/** docs/pipelines.md. `example`: the YAML of a whole pipeline. */
export function pipelinePage(schema: JsonSchema, example: string): string {
  return [
    HEAD,
    '## An example\n\n```yaml',
    example.trimEnd(),
    '```',
    RULES,
    portableSql(),
    '## Every key',
    pipelineReference(schema),
    '',
  ]
    .join('\n\n')
    .replace('```yaml\n\n', '```yaml\n')
    .replace(/\n\n```\n/, '\n```\n')
}

const HEAD = `<!-- Made by scripts/generate-pipeline-docs.ts from src/engine/core/pipeline. Don't edit: run \`node scripts/generate-pipeline-docs.ts\`. -->

# Pipelines

A pipeline is one YAML file: topics, what writes them, what filters and files them, and what is asked of the files. Five
are bundled (\`resources/pipelines/\`); yours can lie anywhere. \`sluice validate <file>\` names every mistake with its line,
column, key and remedy before anything starts. \`resources/pipeline.schema.json\` is the format as JSON Schema, for editors.`

const RULES = `## Rules between the parts

- **Names.** Producers, filters, aggregates and sinks have different names: they are the names of jobs, logs and groups
  (\`sluice.<pipeline>.<job>\`; producers \`sluice.producer.<pipeline>.<name>\`). Columns are small letters, digits and \`_\`;
  \`dt\`, \`hour\`, \`kafka_partition\` and \`kafka_offset\` are columns of every table already. In braces a type with a comma
  needs quotes: \`{ total: 'decimal(12,2)' }\`.
- **Types.** \`string int long double boolean timestamp date decimal(p,s) json\`. White space around a value is trimmed, and
  what does not cast rejects the record, with the column and the value. null is allowed unless the column is \`required\`.
- **Dead letters.** Every topic \`t\` that others than filters and aggregates write has a topic \`t.rejected\` with the columns
  \`source_partition, source_offset, field, reason, raw\`, which can be read like any other. Of an \`external\` topic they are in
  \`<pipeline>.t.rejected\`.
- **Filters.** Without \`select\` records pass as they are. \`otherwise\` gets what \`where\` does not keep, with a column \`reason\`:
  the first of the clauses joined by AND that is false or null. Filters may not write in a circle.
- **Several topics.** \`from\` may be a list: columns are united by name, and one name has one type.
- **Lake folders.** A folder has one writer, and no writer works within another's folder. A table takes its columns from
  what fills its folder, and \`dt\`, \`hour\`, \`kafka_partition\`, \`kafka_offset\` besides. Results of analyses and aggregates are
  filed as a whole, in \`<path>/v<n>/\`; the table is switched to the newest.
- **Aggregates.** \`window: { every }\` adds the column \`window_start\`, \`window: { gap }\` also \`open\`. \`to\` needs a group to lie in
  one partition: \`group_by\` contains the topic's key, or the topic has one partition.
- **Durations and sizes** have a unit: \`500 ms\`, \`1 s\`, \`30 seconds\`, \`5m\`, \`1 hour\`, \`7 days\`; \`512 KB\`, \`128 MiB\`, \`10 GB\`.
- **HTTP histories** take lists: \`items\` may name an object of lists of the same length, one for each column.`

function portableSql(): string {
  const names = (functions: ReadonlyMap<string, unknown>): string =>
    [...functions.keys()]
      .filter((name) => name !== 'count_star')
      .map((name) => `\`${name}\``)
      .join(' ')
  const rows = [...INSTEAD].map(([name, remedy]) => `| \`${name}\` | ${remedy.replaceAll('|', '\\|')} |`)
  return `## Portable SQL

What DuckDB, Hive 4 and Spark 4 all take with the same meaning; \`sluice validate\` refuses the rest. \`where\`, \`select\` and
measures are expressions over the columns of one record: columns, literals, operators, \`CASE\`, \`CAST\` and these functions.

- Functions: ${names(SCALAR_FUNCTIONS)} \`coalesce\` \`extract(HOUR FROM x)\`
- In analyses and endpoints also aggregates: ${names(AGGREGATE_FUNCTIONS)}
- and with \`OVER\`: ${names(WINDOW_FUNCTIONS)}

Analyses and endpoints are one \`SELECT\` (or several with \`UNION\`) over the pipeline's tables, with joins, subqueries and
\`WITH\`. \`{now}\` is the time of the run, in UTC. Beside a \`LIMIT\` the leading key of \`ORDER BY\` says \`NULLS FIRST\` or
\`NULLS LAST\`; \`GROUP BY\` names expressions over columns, not results or numbers; each column of a result has a name.
Times are written \`TIMESTAMP '2026-01-31 00:00:00'\`, \`DATE '2026-01-31'\`, \`INTERVAL '24' HOUR\`; texts are not cast to other
types, whole numbers are divided as \`CAST(a AS DOUBLE) / b\`, \`CAST(x AS STRING)\` makes text of whole numbers.
Where engines can't agree an analysis gives the SQL for each: \`sql: { default: …, duckdb: …, hive: …, spark: … }\`.

| not portable | instead |
| --- | --- |
${rows.join('\n')}`
}
