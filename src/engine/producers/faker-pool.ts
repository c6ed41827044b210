import { SluiceError } from '#engine/core/sluice-error.ts'
import type { Scalar } from './generated-field.ts'

const POOL = 1000
/** What faker takes as "today": its dates and ages would else change from day to day. */
const REFERENCE_DATE = '2026-01-01T00:00:00.000Z'
/** Modules of plain values. The others take functions, make images, or hand out dates of their own clock. */
const MODULES: ReadonlySet<string> = new Set([
  'airline',
  'animal',
  'book',
  'color',
  'commerce',
  'company',
  'database',
  'finance',
  'food',
  'git',
  'hacker',
  'internet',
  'location',
  'lorem',
  'music',
  'person',
  'phone',
  'science',
  'system',
  'vehicle',
  'word',
])

/**
 * A thousand values of a faker method, "module.method" or "module.method.property": the same for the same seed. Records
 * take theirs from this pool, for faker itself makes 100,000 a second at best. PIPELINE_INVALID where there is none such.
 */
export async function fakerPool(path: string, seed: number): Promise<readonly Scalar[]> {
  const make = await fakerMethod(path, seed)
  return Array.from({ length: POOL }, () => scalar(path, make()))
}

async function fakerMethod(path: string, seed: number): Promise<() => unknown> {
  const [module = '', method = '', ...properties] = path.split('.')
  const { Faker, en, base } = await import('@faker-js/faker')
  const faker = new Faker({ locale: [en, base], seed })
  faker.setDefaultRefDate(REFERENCE_DATE)
  const owner: unknown = MODULES.has(module) ? Reflect.get(faker, module) : undefined
  const call = memberOf(owner, method)
  if (typeof call !== 'function') throw unknownMethod(path)
  return () => {
    let value: unknown = Reflect.apply(call, owner, [])
    for (const property of properties) value = memberOf(value, property)
    return value
  }
}

function scalar(path: string, value: unknown): Scalar {
  if (value === undefined || typeof value === 'function') throw unknownMethod(path)
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value
  return JSON.stringify(value)
}

/** A member that faker itself defines: nothing that every object has. */
function memberOf(owner: unknown, name: string): unknown {
  if (typeof owner !== 'object' || owner === null || name in Object.prototype) return undefined
  return Reflect.get(owner, name)
}

function unknownMethod(path: string): SluiceError {
  return new SluiceError('PIPELINE_INVALID', `looking up the faker method ${path}`, {
    remedy: `Give a method of these modules, e.g. science.chemicalElement.name: ${[...MODULES].join(', ')}.`,
  })
}
