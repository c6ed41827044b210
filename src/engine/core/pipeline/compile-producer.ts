import type { ProducerPlan } from '#engine/core/plan.ts'
import { PRODUCER_KINDS, type ProducerDeclaration } from './producer-schema.ts'
import { resolveFile } from './resolve-file.ts'

/** What the caller of a run says instead of the file, for every generator. */
export interface Overrides {
  readonly rate?: number
  readonly count?: number
}

/** A producer as its job runs it. */
export function compileProducer(
  [name, producer]: readonly [string, ProducerDeclaration],
  where: { readonly pipeline: string; readonly folder?: string; readonly overrides: Overrides },
): ProducerPlan {
  const { to, key } = producer
  const kind = PRODUCER_KINDS.find((candidate) => producer[candidate] !== undefined) ?? 'form'
  return {
    name,
    to,
    ...(key === undefined ? {} : { key }),
    kind,
    ...settingsOf(producer, where),
    group: `sluice.producer.${where.pipeline}.${name}`,
  }
}

function settingsOf(
  { generator, csv, http, form }: ProducerDeclaration,
  { folder, overrides }: { readonly folder?: string; readonly overrides: Overrides },
): Pick<ProducerPlan, 'settings' | 'finite' | 'rate'> {
  if (generator !== undefined) {
    const settings = { ...generator, ...overrides }
    return { settings, finite: settings.count !== undefined, ...paced(settings.rate) }
  }
  if (csv === undefined) return { settings: http ?? form, finite: false }
  const settings = csv.file === undefined ? csv : { ...csv, file: resolveFile(folder, csv.file) }
  return { settings, finite: true, ...paced(csv.rate) }
}

/** In settings 0 means as fast as it can; in a plan the absence of a rate does. */
function paced(rate: number): { readonly rate?: number } {
  return rate > 0 ? { rate } : {}
}
