import { z } from 'zod'
import { generatorSchema } from '#engine/core/pipeline/generator-schema.ts'
import type { GeneratorSettings } from '#engine/core/pipeline/generator-schema.ts'
import { SluiceError } from '#engine/core/sluice-error.ts'
import { defineProducer } from '#engine/ports/producer.ts'
import type { Json } from '#engine/core/json.ts'
import type { ProducerContext, Pulled, RecordSource, SourceLimits } from '#engine/ports/producer.ts'
import { GeneratedRecords } from './generated-records.ts'
import { generatorFaults } from './generator-faults.ts'
import { generatorFields } from './generator-fields.ts'
import { Pace } from './pace.ts'

/** The number of the next record, and the seed: one that was drawn goes on as well. */
const positionSchema = z.object({ n: z.int().nonnegative(), seed: z.int() })
type GeneratorPosition = z.output<typeof positionSchema>

/** Makes records up. Record n is a pure function of the seed and n, but for `now`. */
export const generator = defineProducer({
  kind: 'generator',
  summary: 'Makes records up, at a rate, from a seed.',
  settings: generatorSchema,
  finite: ({ count }) => count !== undefined,
  open: async (settings, context) => {
    const at = readPosition(context.position)
    const seed = settings.seed ?? at?.seed ?? drawSeed(context)
    checkKey(settings, context)
    const fields = await generatorFields(settings.record, context.columns, seed)
    const records = new GeneratedRecords(fields, context.key, generatorFaults(settings.faults, seed))
    const { clock, partitions } = context
    return new GeneratorSource({ settings, records, clock, partitions }, { n: at?.n ?? 0, seed })
  },
})

interface GeneratorParts {
  readonly settings: GeneratorSettings
  readonly records: GeneratedRecords
  readonly clock: () => number
  readonly partitions: number | undefined
}

class GeneratorSource implements RecordSource {
  readonly #records: GeneratedRecords
  readonly #clock: () => number
  readonly #pace: Pace
  readonly #count: number
  readonly #seed: number
  readonly #partitions: number | undefined
  #n: number
  #turn = 0

  constructor({ settings, records, clock, partitions }: GeneratorParts, { n, seed }: GeneratorPosition) {
    this.#records = records
    this.#clock = clock
    this.#pace = new Pace(settings.rate, clock())
    this.#count = settings.count ?? Infinity
    this.#seed = seed
    this.#partitions = partitions
    this.#n = n
  }

  get dueAt(): number {
    return this.#pace.dueAt
  }

  async next(max: SourceLimits): Promise<Pulled | 'wait' | 'end'> {
    const left = this.#count - this.#n
    if (left <= 0) return 'end'
    const now = this.#clock()
    const due = this.#pace.due(now)
    if (due === 0) return 'wait'
    const allowed = { records: Math.min(max.records, left, due), bytes: max.bytes }
    const turn = this.#turn++
    const partitions = this.#partitions ?? 1
    const { count, routed } = this.#records.make({ from: this.#n, now, max: allowed, partitions, turn })
    this.#n += count
    this.#pace.give(count)
    const position = { n: this.#n, seed: this.#seed }
    const [only] = routed
    return this.#partitions === undefined && only ? { records: only.records, position } : { routed, position }
  }

  async close(): Promise<void> {}

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}

function checkKey({ record }: GeneratorSettings, { key, topic }: ProducerContext): void {
  if (key === undefined || Object.hasOwn(record, key)) return
  throw new SluiceError('PIPELINE_INVALID', `making records for ${topic}: the key column ${key} is not in the record`, {
    remedy: `Add ${key} to the record, or name another column as the key.`,
  })
}

function readPosition(position: Json | undefined): GeneratorPosition | undefined {
  if (position === undefined || position === null) return undefined
  const parsed = positionSchema.safeParse(position)
  if (parsed.success) return parsed.data
  throw new SluiceError('STORE_DAMAGED', 'reading the position of a generator', { cause: parsed.error })
}

function drawSeed({ newId }: ProducerContext): number {
  return Number.parseInt(newId().replaceAll('-', '').slice(0, 8), 16)
}
