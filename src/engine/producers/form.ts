import { z } from 'zod'
import { SluiceError } from '#engine/core/sluice-error.ts'
import { defineProducer } from '#engine/ports/producer.ts'

/** Takes records by a form and by HTTP. Its settings are read; it can't be opened yet. */
export const form = defineProducer({
  kind: 'form',
  summary: 'Takes records by a form and as JSON over HTTP.',
  settings: z.strictObject({ path: z.string(), title: z.string().optional() }),
  finite: () => false,
  open: async (_, { topic }) => {
    throw new SluiceError('KIND_LATER', `opening a producer of the kind form for ${topic}`)
  },
})
