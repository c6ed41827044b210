import { formatBytes, formatCount, formatElapsed } from '#cli/format.ts'
import { durationOption, numberOption } from '#cli/options.ts'
import type { Context } from '#cli/context.ts'
import { answer } from '#cli/print.ts'
import { openSession, type Session } from '#cli/session.ts'
import { table } from '#cli/table.ts'
import { usage, verb, type ExitCode } from '#cli/verb.ts'
import type { TopicDetail, TopicSummary } from '#contract/topics.ts'

export const topics = verb({
  usage: 'topics [list | describe <topic> | create <topic> | delete <topic>]',
  about: 'Pipelines make their topics by themselves; `create` is for those that a pipeline calls external.',
  examples: [
    ['sluice topics', 'all of them, with records and sizes'],
    ['sluice topics describe space_data', 'its partitions, columns and readers'],
    ['sluice topics create orders --partitions 3', 'a new one'],
  ],
  args: {
    action: { type: 'positional', default: 'list', description: 'list (the default), describe, create or delete' },
    topic: { type: 'positional', required: false, description: 'The topic' },
    partitions: { type: 'string', valueHint: 'N', description: 'create: how many (default: 1)' },
    'retention-time': { type: 'string', valueHint: 'TIME', description: 'create: keep records for so long' },
    yes: { type: 'boolean', alias: 'y', description: "delete: don't ask" },
  },
  run: async (args, context) => {
    const { action, topic } = args
    if (action === 'list' && topic === undefined) return list(context)
    if (!['describe', 'create', 'delete'].includes(action))
      throw usage(`topics ${action} is not known: list, describe, create, delete.`)
    if (topic === undefined) throw usage(`topics ${action} needs a topic's name.`)
    await using session = await openSession(context)
    if (action === 'describe') return await describe(context, await session.client.topics.describe({ topic }))
    if (action === 'delete') return await remove(session, context, { topic, yes: args.yes === true })
    const ms = durationOption('retention-time', args['retention-time'])
    const partitions = numberOption('partitions', args.partitions, { min: 1 }) ?? 1
    const made = await session.client.topics.create({
      topic,
      partitions,
      ...(ms !== undefined && { retention: { ms } }),
    })
    return await answer(context, made, () => `${topic} has ${formatCount(made.partitions)} partitions.\n`)
  },
})

async function list(context: Context): Promise<ExitCode> {
  await using session = await openSession(context)
  const found = await session.client.topics.list()
  const row = ({ name, partitions, records, bytes, pipeline }: TopicSummary): string[] => [
    name,
    formatCount(partitions),
    formatCount(records),
    formatBytes(bytes),
    pipeline ?? '',
  ]
  const head = ['topic', 'partitions', 'records', 'size', 'pipeline']
  return answer(context, found, () =>
    found.length === 0
      ? 'No topics yet: a pipeline makes its own.\n'
      : table({ head, rows: found.map(row), right: [1, 2, 3] }),
  )
}

function describe(context: Context, topic: TopicDetail): Promise<ExitCode> {
  return answer(context, topic, () => {
    const { ms, bytes } = topic.retention ?? {}
    const kept = [ms === undefined ? [] : formatElapsed(ms), bytes === undefined ? [] : formatBytes(bytes)].flat()
    const parts = topic.parts.map(({ partition, low, high, bytes: size }) =>
      [partition, low, high].map(formatCount).concat(formatBytes(size)),
    )
    const columns = topic.columns?.map(({ name, type, required }) => [name, type, required ? 'required' : ''])
    const readers = topic.groups.map(({ group, lag }) => [group, formatCount(lag)])
    return [
      `${topic.name}${topic.pipeline === undefined ? '' : ` of ${topic.pipeline}`}: ${formatCount(topic.records)} records, ${formatBytes(topic.bytes)}${kept.length > 0 ? `, kept for ${kept.join(' or ')}` : ''}\n`,
      table({ head: ['partition', 'from', 'to', 'size'], rows: parts, right: [0, 1, 2, 3] }),
      ...(columns ? [table({ head: ['column', 'type', ''], rows: columns })] : []),
      ...(readers.length > 0 ? [table({ head: ['reader', 'behind'], rows: readers, right: [1] })] : []),
    ].join('\n')
  })
}

async function remove(
  { client }: Session,
  context: Context,
  { topic, yes }: { readonly topic: string; readonly yes: boolean },
): Promise<ExitCode> {
  const { records } = await client.topics.describe({ topic })
  if (!yes && records > 0) throw usage(`${topic} holds ${formatCount(records)} records; repeat it with --yes.`)
  const gone = await client.topics.delete({ topic })
  return answer(context, gone, () => `${topic} is gone, with ${formatCount(gone.records)} records.\n`)
}
