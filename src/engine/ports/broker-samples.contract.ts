import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import type { ErrorCode } from '#contract/error-codes.ts'
import type { Batch, Records } from '#engine/core/batch.ts'
import { isSluiceError } from '#engine/core/sluice-error.ts'
import type { Broker, ReadLimits } from './broker.ts'

/** What an adapter may do differently, by its nature. */
export interface BrokerCapabilities {
  /** `retain` removes; otherwise the broker does so by itself, and `retain` removes nothing. */
  readonly retention: boolean
  /** Offsets have no gaps: no marker stands between the records of two transactions. */
  readonly gapless: boolean
  /** Takes values of many megabytes. */
  readonly largeValues: boolean
}

export interface BrokerStand {
  readonly broker: Broker
  readonly can: BrokerCapabilities
  /** Another instance on the same store, as another process has it. The caller closes it. */
  reopen(): Promise<Broker>
}

/** One record as a test reads it back. */
export interface Seen {
  readonly offset: number
  readonly value: string | Uint8Array | null
  readonly key: string | null
  readonly timestamp: number
}

export const WIDE: ReadLimits = { maxRecords: 100_000, maxBytes: 64 << 20 }

const encoder = new TextEncoder()
const decoder = new TextDecoder()

export function bytes(text: string): Uint8Array {
  return encoder.encode(text)
}

/** Records of these values, one a line. */
export function lines(...values: readonly string[]): Records {
  return { count: values.length, ndjson: bytes(values.join('\n')) }
}

/** `{"n":from}` … , `count` of them. */
export function numbered(count: number, from = 0): Records {
  return lines(...Array.from({ length: count }, (_, index) => `{"n":${from + index}}`))
}

/** A new topic of a name that nobody else has. */
export async function makeTopic(broker: Broker, partitions = 1): Promise<string> {
  const name = newName()
  await broker.ensureTopic(name, { partitions })
  return name
}

export function newName(): string {
  return `contract-${randomUUID()}`
}

export function recordsOf(batch: Batch): readonly Seen[] {
  const texts = decoder.decode(batch.ndjson).split('\n')
  expect(texts).toHaveLength(batch.count)
  expect(batch.keys).toHaveLength(batch.count)
  expect(batch.timestamps).toHaveLength(batch.count)
  return texts.map((text, index) => {
    const exact = batch.exact?.get(index)
    return {
      offset: batch.offsets?.[index] ?? batch.firstOffset + index,
      value: exact === undefined ? text : exact,
      key: batch.keys[index] ?? null,
      timestamp: batch.timestamps[index] ?? Number.NaN,
    }
  })
}

/** Every batch of a partition from an offset (or its low) to its end. */
export async function readBatches(
  broker: Broker,
  topic: string,
  { partition = 0, from, limits = WIDE }: { partition?: number; from?: number; limits?: ReadLimits } = {},
): Promise<readonly Batch[]> {
  const [described] = await broker.describeTopics([topic])
  const batches: Batch[] = []
  let next = from ?? described?.partitions[partition]?.low ?? 0
  for (;;) {
    const batch = await broker.read(topic, partition, next, limits)
    if (!batch) return batches
    expect(batch.nextOffset).toBeGreaterThan(next)
    batches.push(batch)
    next = batch.nextOffset
  }
}

export async function readAll(
  broker: Broker,
  topic: string,
  options: { partition?: number; from?: number; limits?: ReadLimits } = {},
): Promise<readonly Seen[]> {
  return (await readBatches(broker, topic, options)).flatMap(recordsOf)
}

export async function readValues(
  broker: Broker,
  topic: string,
  options: { partition?: number; from?: number; limits?: ReadLimits } = {},
): Promise<readonly Seen['value'][]> {
  return (await readAll(broker, topic, options)).map((record) => record.value)
}

/** The values of `numbered(count, from)`. */
export function numbers(count: number, from = 0): readonly string[] {
  return Array.from({ length: count }, (_, index) => `{"n":${from + index}}`)
}

export async function expectCode(code: ErrorCode, promise: Promise<unknown>): Promise<void> {
  const outcome = await promise.then(
    () => 'it resolved',
    (error: unknown) => (isSluiceError(error) ? error.code : error),
  )
  expect(outcome).toBe(code)
}
