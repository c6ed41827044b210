import { createReadStream } from 'node:fs'
import { resolve } from 'node:path'
import type { Context } from '#cli/context.ts'
import { formatNumberOf } from '#cli/format.ts'
import { answer } from '#cli/print.ts'
import { linesOf } from '#cli/lines-of.ts'
import { openSession, type Session } from '#cli/session.ts'
import { usage, verb } from '#cli/verb.ts'
import type { Produce } from '#contract/topics.ts'
import { SluiceError } from '#engine/core/sluice-error.ts'

type GivenRecord = Produce['records'][number]

const BATCH_RECORDS = 10_000
const BATCH_CHARACTERS = 4 * 1024 * 1024

export const produce = verb({
  usage: 'produce <topic> [file|-] [--key COLUMN]',
  about: `Appends the lines of a file, or of stdin, as records: commonly one JSON object a line. Empty lines are left out.
What doesn't fit the topic's columns becomes a dead letter with its reason.`,
  examples: [
    [`echo '{"id":"a","kind":"meteorite"}' | sluice produce space_data --key id`, 'one record, by hand'],
    ['sluice produce space_data more.ndjson', 'a file'],
  ],
  args: {
    topic: { type: 'positional', required: true, description: 'The topic' },
    file: { type: 'positional', required: false, description: 'A file, or - for stdin (the default)' },
    key: { type: 'string', valueHint: 'COLUMN', description: "The column whose value is the record's key" },
  },
  run: async (args, context) => {
    await using session = await openSession(context)
    const batches = batchesOf(linesOf(await inputOf(args.file, context)), args.key)
    const { count, ranges } = await appendAll(session, args.topic, batches)
    return await answer(
      context,
      { topic: args.topic, count, ranges },
      () => `${formatNumberOf(count, 'record')} appended to ${args.topic}\n`,
    )
  },
})

async function inputOf(file: string | undefined, { terminal }: Context): Promise<AsyncIterable<Uint8Array>> {
  if (file === undefined || file === '-') {
    if (terminal.stdinIsTty) await terminal.stderr.write('One record a line; Ctrl-D ends it.\n')
    return terminal.stdin
  }
  const path = resolve(terminal.cwd, file)
  const stream = createReadStream(path)
  await new Promise<void>((done, reject) => {
    stream.once('open', () => done())
    stream.once('error', (cause) => reject(new SluiceError('FILE_UNREADABLE', `reading ${path}`, { cause })))
  })
  return stream
}

async function* batchesOf(lines: AsyncIterable<string>, key: string | undefined): AsyncGenerator<GivenRecord[]> {
  let batch: GivenRecord[] = []
  let size = 0
  let number = 0
  for await (const line of lines) {
    number += 1
    if (line.trim() === '') continue
    batch.push({ value: line, ...(key !== undefined && { key: keyOf(line, key, number) }) })
    size += line.length
    if (batch.length < BATCH_RECORDS && size < BATCH_CHARACTERS) continue
    yield batch
    batch = []
    size = 0
  }
  if (batch.length > 0) yield batch
}

function keyOf(line: string, column: string, number: number): string | null {
  const value = memberOf(line, column)
  if (value === undefined) throw usage(`Line ${number} is no JSON object, so that it has no ${column}.`)
  if (value === null) return null
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** Null where the object hasn't this member; undefined where the line is no object. */
function memberOf(line: string, column: string): unknown {
  try {
    const record: unknown = JSON.parse(line)
    if (typeof record !== 'object' || record === null) return undefined
    return Object.hasOwn(record, column) ? (Reflect.get(record, column) as unknown) : null
  } catch {
    // No JSON: the caller says so, with the line.
    return undefined
  }
}

interface Appended {
  readonly count: number
  readonly ranges: { partition: number; first: number; last: number }[]
}

async function appendAll({ client }: Session, topic: string, batches: AsyncIterable<GivenRecord[]>): Promise<Appended> {
  const ranges = new Map<number, { partition: number; first: number; last: number }>()
  let count = 0
  for await (const records of batches) {
    const appended = await client.topics.produce({ topic, records })
    count += appended.count
    for (const range of appended.ranges) {
      const before = ranges.get(range.partition)
      ranges.set(range.partition, { ...range, first: before?.first ?? range.first })
    }
  }
  return { count, ranges: [...ranges.values()].sort((a, b) => a.partition - b.partition) }
}
