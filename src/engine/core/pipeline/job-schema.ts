import { z } from 'zod'
import {
  byteSize,
  columnName,
  duration,
  exactlyOne,
  jobName,
  lakePath,
  oneOrMore,
  sqlText,
  tableName,
  topicName,
} from './scalars.ts'

const FROM = 'The topic, or a list of topics: their columns are united by name.'

const onDataLoss = z
  .enum(['continue', 'fail'])
  .default('fail')
  .describe('What happens when retention took records before they were read: go on and count them, or stop.')

const select = z
  .union([z.record(columnName, sqlText), z.array(sqlText).min(1)])
  .describe(
    'The columns of the output: `name: SQL`, or a list of columns and of `SQL AS name`. Else records pass as they are.',
  )

const alert = z
  .strictObject({
    severity: z.enum(['low', 'medium', 'high']).default('medium').describe('How bad it is.'),
    message: z.string().min(1).describe('The text, with columns of the output in braces: "{name} is near".'),
  })
  .describe('Raises an alert for each record that is kept.')

/** One entry of `filters`. */
export const filterSchema = z
  .strictObject({
    from: oneOrMore(topicName, FROM),
    to: topicName.describe('The topic that gets what is kept.'),
    where: sqlText
      .exactOptional()
      .describe('What is kept: portable SQL over the columns. Everything, if nothing is said.'),
    select: select.exactOptional(),
    otherwise: topicName
      .exactOptional()
      .describe('The topic that gets what `where` refuses, with a column `reason`: the first clause that is not true.'),
    on_data_loss: onDataLoss,
    alert: alert.exactOptional(),
  })
  .describe('Reads topics, keeps or reshapes records by SQL, writes another topic.')

const window = exactlyOne(
  {
    every: duration
      .exactOptional()
      .describe('Windows of this length, one after the other; the column `window_start` tells them apart.'),
    gap: duration
      .exactOptional()
      .describe('A window ends when this long has passed without a record; columns `window_start` and `open`.'),
    time: columnName.describe('The timestamp column that counts.'),
    keep: duration
      .exactOptional()
      .describe('Records older than this before the latest one are late: counted, left out.'),
  },
  ['every', 'gap'],
).describe('Statistics by time: `every: 1 minute`, or `gap: 30 seconds`.')

/** One entry of `aggregates`. */
export const aggregateSchema = z
  .strictObject({
    from: oneOrMore(topicName, FROM),
    group_by: oneOrMore(columnName, 'The column or columns that make a group.'),
    measures: z
      .record(columnName, sqlText)
      .refine((measures) => Object.keys(measures).length > 0, { error: 'has no measure' })
      .describe('What is counted: count(), or sum, avg, min, max, first, last of an SQL expression.'),
    window: window.exactOptional(),
    to: topicName.exactOptional().describe('The topic that gets a group again whenever it changes.'),
    lake: z
      .strictObject({
        path: lakePath.describe('The folder of the results, one row for each group.'),
        format: z.enum(['parquet', 'json']).default('parquet').describe('How the file is written.'),
      })
      .exactOptional()
      .describe('Files the results as a whole.'),
  })
  .describe('Running statistics over topics, kept up to date.')

const close = z
  .strictObject({
    rows: z.int().min(1).exactOptional().describe('After so many rows; 200000 if nothing is said.'),
    bytes: byteSize.exactOptional().describe('After so many bytes of records; 128 MiB if nothing is said.'),
    age: duration.exactOptional().describe('After this time; the engine chooses if nothing is said.'),
  })
  .describe('When a file is closed.')

const lakeSink = z
  .strictObject({
    path: lakePath.describe('The folder. It belongs to this sink alone.'),
    format: z.enum(['parquet', 'json']).default('parquet').describe('How the files are written.'),
    partition_by: z
      .array(z.enum(['dt', 'hour']))
      .refine((keys) => ['', 'dt', 'dt,hour'].includes(keys.join()), {
        error: 'are no folders that there are',
        params: { remedy: 'Write [dt], [dt, hour], or leave it out.' },
      })
      .default([])
      .describe("Folders by the record's time in UTC: [dt] or [dt, hour]."),
    close: close.prefault({}),
  })
  .describe('Writes files into the lake.')

const databaseSink = z
  .strictObject({
    table: tableName.describe('The table; it is made if it is not there.'),
    key: columnName.exactOptional().describe('Rows with the same value are replaced: the last record wins.'),
  })
  .describe('Writes rows into a database table.')

/** One entry of `sinks`. */
export const sinkSchema = exactlyOne(
  {
    from: oneOrMore(topicName, FROM),
    lake: lakeSink.exactOptional(),
    database: databaseSink.exactOptional(),
    on_data_loss: onDataLoss,
  },
  ['lake', 'database'],
).describe('Reads topics, writes the lake or a database table.')

export const filtersSchema = z.record(jobName, filterSchema)
export const aggregatesSchema = z.record(jobName, aggregateSchema)
export const sinksSchema = z.record(jobName, sinkSchema)

/** A filter and an aggregate as their file declares them. */
export type FilterDeclaration = z.output<typeof filterSchema>
export type AggregateDeclaration = z.output<typeof aggregateSchema>
