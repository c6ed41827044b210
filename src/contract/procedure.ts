import { oc } from '@orpc/contract'
import { wireErrorSchema } from './wire-error.ts'

/** What every procedure starts from: it may answer with the one error shape, `SLUICE`. */
export const procedure = oc.errors({ SLUICE: { data: wireErrorSchema } })
