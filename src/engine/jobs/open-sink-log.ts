import { z } from 'zod'
import { checkTopic } from '#engine/core/commit-log/check-topic.ts'
import type { LogPosition, Print } from '#engine/core/commit-log/entry.ts'
import { schemaText } from '#engine/core/commit-log/schema-text.ts'
import type { Column } from '#engine/core/columns.ts'
import { SluiceError } from '#engine/core/sluice-error.ts'
import type { Log } from '#engine/ports/adapter.ts'
import type { Broker, TopicDescription } from '#engine/ports/broker.ts'
import type { Lake } from '#engine/ports/lake.ts'
import { openCommitLog } from './commit-log-runner.ts'
import type { CommitLog } from './commit-log-runner.ts'
import { printOf } from './open-slices.ts'

export interface SinkLog {
  readonly path: string
  readonly format: 'parquet' | 'json'
  readonly columns: readonly Column[]
  readonly topic: string
  readonly partition: number
  readonly broker: Broker
  readonly lake: Lake
  readonly newId: () => string
  readonly log: Log
}

/**
 * Opens the commit log of a sink on one partition as its owner. TOPIC_REMADE where the topic isn't the one that was filed
 * so far; SCHEMA_CHANGED where files hold a column that was changed or removed since.
 */
export async function openSinkLog(sink: SinkLog): Promise<CommitLog> {
  const [topic] = await sink.broker.describeTopics([sink.topic])
  if (!topic) throw new SluiceError('TOPIC_UNKNOWN', `opening the commit log of ${sink.topic}`)
  const { incarnation } = topic
  const commitLog = await openCommitLog(sink.lake, { ...sink, incarnation, schema: schemaText(sink.columns) })
  checkSchema(commitLog.at, sink)
  await checkFiled(commitLog.at, sink, topic)
  return commitLog
}

async function checkFiled(at: LogPosition, { partition, broker }: SinkLog, topic: TopicDescription): Promise<void> {
  const now = topic.partitions.find((described) => described.partition === partition)
  if (!now) return
  const print =
    at.print && at.print.offset >= now.low && at.print.offset < now.high
      ? await printAt(broker, topic.name, { partition, offset: at.print.offset })
      : undefined
  checkTopic(at, { name: topic.name, incarnation: topic.incarnation, high: now.high, print })
}

async function printAt(
  broker: Broker,
  topic: string,
  { partition, offset }: { partition: number; offset: number },
): Promise<Print | undefined> {
  const batch = await broker.read(topic, partition, offset, { maxRecords: 1, maxBytes: 1 })
  return batch && printOf(batch)
}

const schemaSchema = z.array(z.tuple([z.string(), z.string()]))

function checkSchema({ schema, totals }: LogPosition, { path, columns }: SinkLog): void {
  if (schema === '' || totals.files === 0) return
  for (const [name, type] of schemaSchema.parse(JSON.parse(schema))) {
    const now = columns.find((column) => column.name === name)
    if (now?.type === type) continue
    const change = now ? `was ${type} and is now ${now.type}` : 'is not declared any more'
    throw new SluiceError('SCHEMA_CHANGED', `Files in ${path} have a column ${name} that ${change}.`)
  }
}
