import { z } from 'zod'
import { procedure } from './procedure.ts'

/** The engine that answers. `startedAt` is ISO 8601. */
export const engineInfoSchema = z.object({
  version: z.string(),
  home: z.string(),
  engine: z.string(),
  pid: z.number(),
  startedAt: z.string(),
})
export type EngineInfo = z.infer<typeof engineInfoSchema>

/** One thing that the doctor looked at; `remedy` where it isn't well. */
export const checkSchema = z.object({
  name: z.string(),
  state: z.enum(['ok', 'warning', 'failed']),
  detail: z.string(),
  remedy: z.string().exactOptional(),
})
export type Check = z.infer<typeof checkSchema>

/** `ok`: nothing failed. */
export const doctorReportSchema = z.object({ ok: z.boolean(), checks: z.array(checkSchema) })
export type DoctorReport = z.infer<typeof doctorReportSchema>

export const engineContract = {
  info: procedure.output(engineInfoSchema),
  /** Answers, then the engine stops every job cleanly and its process ends. */
  shutdown: procedure.output(z.object({ pid: z.number() })),
}

export const doctorContract = procedure.output(doctorReportSchema)
