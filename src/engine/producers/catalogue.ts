import type { ProducerPlan } from '#engine/core/plan.ts'
import type { ProducerKind } from '#engine/ports/producer.ts'
import { csv } from './csv.ts'
import { form } from './form.ts'
import { generator } from './generator.ts'
import { httpPoll } from './http-poll.ts'

/** Every producer kind: the only list of them. */
export const PRODUCERS: readonly ProducerKind[] = [generator, csv, httpPoll, form]

/** The kind of this name; the types allow no other. */
export function producerKind(kind: ProducerPlan['kind']): ProducerKind {
  return BY_KIND[kind]
}

const BY_KIND: Readonly<Record<ProducerPlan['kind'], ProducerKind>> = { generator, csv, http: httpPoll, form }
