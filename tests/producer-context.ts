import type { Records } from '#engine/core/batch.ts'
import type { Column } from '#engine/core/columns.ts'
import type { Json } from '#engine/core/json.ts'
import { SluiceError } from '#engine/core/sluice-error.ts'
import type { ProducerContext, RecordSource, SourceLimits, Pulled } from '#engine/ports/producer.ts'

/** What a source was opened with, and what it logged. */
export interface TestContext extends ProducerContext {
  readonly warnings: string[]
}

/** A context with a clock that stands still at 0, unless `given` says otherwise. */
export function producerContext(given: Partial<ProducerContext> = {}): TestContext {
  const warnings: string[] = []
  const log = {
    debug() {},
    info() {},
    warn: (_: object, message: string) => void warnings.push(message),
    error() {},
  }
  const signal = new AbortController().signal
  return { topic: 't', columns: [], log, signal, clock: () => 0, newId: () => crypto.randomUUID(), ...given, warnings }
}

/** Columns by name and type. */
export function columnsOf(types: Readonly<Record<string, Column['type']>>): readonly Column[] {
  return Object.entries(types).map(([name, type]) => ({ name, type }))
}

/** Everything that a source gives until it ends or has nothing due: the lines, keys, exact values and last position. */
export interface Drained {
  readonly lines: string[]
  readonly keys: (string | null)[]
  readonly exact: Map<number, Uint8Array | null>
  position: Json | undefined
  ended: boolean
}

/** The records of a pull from a source that was told of no partitions. */
export function recordsOf(pulled: Pulled): Records {
  if ('routed' in pulled) throw new Error('the source routed by itself')
  return pulled.records
}

/** Takes what is due. At most `pulls` pulls. */
export async function drain(source: RecordSource, max: SourceLimits = LARGE, pulls = Infinity): Promise<Drained> {
  const drained: Drained = { lines: [], keys: [], exact: new Map(), position: undefined, ended: false }
  for (let pull = 0; pull < pulls; pull++) {
    const pulled = await source.next(max)
    drained.ended = pulled === 'end'
    if (typeof pulled === 'string') return drained
    const { ndjson, keys, exact, count } = recordsOf(pulled)
    for (const [index, bytes] of exact ?? []) {
      if (index >= count) throw new Error(`an exact value for record ${index} of ${count}`)
      drained.exact.set(drained.lines.length + index, bytes)
    }
    const lines = Buffer.from(ndjson).toString('utf8').split('\n')
    if (lines.length !== count) throw new Error(`${lines.length} lines for ${count} records`)
    drained.lines.push(...lines)
    drained.keys.push(...(keys ?? []))
    drained.position = pulled.position
  }
  return drained
}

export const LARGE: SourceLimits = { records: 100_000, bytes: 2 ** 28 }

/** A line as JSON.parse reads it. */
export function parsed(line: string): unknown {
  return JSON.parse(line)
}

/** The error of ours that a call ends with. */
export async function failure(call: Promise<unknown>): Promise<SluiceError> {
  try {
    await call
  } catch (error) {
    if (error instanceof SluiceError) return error
    throw error
  }
  throw new Error('it did not fail')
}
