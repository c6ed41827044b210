import type { Column } from '#engine/core/columns.ts'
import type { GeneratorField, GeneratorSettings } from '#engine/core/pipeline/generator-schema.ts'
import { SluiceError } from '#engine/core/sluice-error.ts'
import { below, randomBits, threshold, unit } from './counter-random.ts'
import type { RandomBits } from './counter-random.ts'
import { fakerPool } from './faker-pool.ts'
import { pooledField } from './generated-field.ts'
import type { GeneratedField, Member, Scalar } from './generated-field.ts'
import { integerField, numberField } from './generated-number.ts'
import { nowField, patternField } from './generated-text.ts'
import { normalQuantile } from './normal-quantile.ts'
import { sampled } from './quantile-table.ts'

export type GeneratedFields = ReadonlyMap<string, GeneratedField>

interface Making extends Member {
  readonly column: string
  readonly bits: RandomBits
  /** The fields above this one. */
  readonly above: GeneratedFields
}

type Made = GeneratedField | Promise<GeneratedField>
type Maker = (field: GeneratorField, making: Making) => Made | undefined

/** Makes the fields of one kind: those that have its key. */
function maker<Kind extends keyof GeneratorField>(
  kind: Kind,
  make: (given: GeneratorField[Kind] & ({} | null), making: Making) => Made,
): Maker {
  return (field, making) => {
    const given = field[kind]
    return given === undefined ? undefined : make(given, making)
  }
}

const MAKERS: readonly Maker[] = [
  maker('sequence', (_, making) => integerField(making, (n) => n)),
  maker('pattern', (pattern, making) => patternField(making, pattern)),
  maker('choice', (choice, making) =>
    Array.isArray(choice) ? listField(making, choice) : weightedField(making, choice),
  ),
  maker('cycle', (values, making) => pooledField(making, values, (n) => n % values.length)),
  maker('uniform', ([low, high], making) => {
    const { bits } = making
    return numberField(making, Math.max(-low, high), (n) => low + unit(bits(n)) * (high - low))
  }),
  maker('int', ([low, high], making) => {
    const { bits } = making
    return integerField(making, (n) => low + below(bits(n), high - low + 1))
  }),
  maker('normal', ({ mean, sd }, making) =>
    numberField(
      making,
      Math.abs(mean) + sd,
      sampled(making.bits, (p) => mean + sd * normalQuantile(p)),
    ),
  ),
  maker('lognormal', ({ median, sigma }, making) =>
    numberField(
      making,
      median,
      sampled(making.bits, (p) => median * Math.exp(sigma * normalQuantile(p))),
    ),
  ),
  maker('boolean', (probability, making) => {
    const { bits } = making
    const limit = threshold(probability)
    return pooledField(making, [false, true], (n) => (bits(n) < limit ? 1 : 0))
  }),
  maker('faker', async (path, making) => listField(making, await fakerPool(path, making.bits(0)))),
  maker('now', (_, making) => nowField(making)),
  maker('const', (value, making) => pooledField(making, [value], () => 0)),
  maker('lookup', ({ of, values }, making) => {
    const source = fieldAbove(of, making)
    const known = [null, ...Object.values(values)]
    const indexes = new Map(Object.keys(values).map((key, index) => [key, index + 1]))
    return pooledField(making, known, (n, moment) => indexes.get(String(source.value(n, moment))) ?? 0)
  }),
  maker('below', ({ of, limit }, making) => {
    const source = fieldAbove(of, making)
    const isBelow = (value: Scalar) => value !== null && Number(value) < limit
    return pooledField(making, [false, true], (n, moment) => (isBelow(source.value(n, moment)) ? 1 : 0))
  }),
]

/** Compiles the `record` of a generator: a field for each column, in their order. */
export async function generatorFields(
  record: GeneratorSettings['record'],
  columns: readonly Column[],
  seed: number,
): Promise<GeneratedFields> {
  const types = new Map(columns.map(({ name, type }) => [name, type]))
  const fields = new Map<string, GeneratedField>()
  for (const [column, field] of Object.entries(record)) {
    const lead = `${fields.size === 0 ? '{' : ','}${JSON.stringify(column)}:`
    const type = types.get(column) ?? 'string'
    const bits = randomBits(seed, column)
    fields.set(column, await makeField(field, { column, lead, type, bits, above: fields }))
  }
  return fields
}

function makeField(field: GeneratorField, making: Making): Made {
  for (const make of MAKERS) {
    const made = make(field, making)
    if (made) return made
  }
  throw new SluiceError('PIPELINE_INVALID', `making the column ${making.column}: nothing says how`)
}

function fieldAbove(name: string, { column, above }: Making): GeneratedField {
  const field = above.get(name)
  if (field) return field
  throw new SluiceError('PIPELINE_INVALID', `making the column ${column} from the column ${name}`, {
    remedy: `Put ${name} into the record, above ${column}.`,
  })
}

function listField(making: Making, values: readonly Scalar[]): GeneratedField {
  const { bits } = making
  const { length } = values
  return pooledField(making, values, (n) => below(bits(n), length))
}

function weightedField(making: Making, weights: Readonly<Record<string, number>>): GeneratedField {
  const { bits } = making
  const shares = Object.values(weights)
  const total = shares.reduce((sum, share) => sum + share, 0)
  let sum = 0
  const limits = shares.map((share) => threshold((sum += share) / total))
  return pooledField(making, Object.keys(weights), (n) => {
    const drawn = bits(n)
    let index = 0
    while (index < limits.length - 1 && drawn >= (limits[index] ?? 0)) index++
    return index
  })
}
