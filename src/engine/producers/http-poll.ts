import { z } from 'zod'
import { httpSchema } from '#engine/core/pipeline/http-schema.ts'
import { SluiceError } from '#engine/core/sluice-error.ts'
import { defineProducer } from '#engine/ports/producer.ts'

const milliseconds = z.number().positive()
const { retries } = httpSchema.shape

/** Asks an HTTP API again and again. Its settings are read; it can't be opened yet. */
export const httpPoll = defineProducer({
  kind: 'http',
  summary: 'Asks an HTTP API again and again.',
  settings: httpSchema.extend({
    every: milliseconds,
    retries: retries.unwrap().extend({ first: milliseconds, max: milliseconds }).partial().optional(),
  }),
  finite: () => false,
  open: async (_, { topic }) => {
    throw new SluiceError('KIND_LATER', `opening a producer of the kind http for ${topic}`)
  },
})
