import { ORPCError } from '@orpc/client'
import { wireErrorSchema } from '#contract/wire-error.ts'
import { SluiceError } from '#engine/core/sluice-error.ts'
import { fromWireError, toWireError } from '#engine/core/wire-error.ts'

/** The error as it crosses. */
export function toOrpcError(error: unknown): Error {
  if (error instanceof ORPCError) return error
  const data = toWireError(error)
  return new ORPCError('SLUICE', { defined: true, status: 500, message: data.message, data, cause: error })
}

/** What came over the wire, as the error that it was. A request that the contract refuses is USAGE. */
export function fromOrpcError(error: unknown): unknown {
  if (!(error instanceof ORPCError)) return error
  const wire = wireErrorSchema.safeParse(error.data)
  if (error.code === 'SLUICE' && wire.success) return fromWireError(wire.data, error)
  if (error.code === 'BAD_REQUEST') return new SluiceError('USAGE', refusal(error.data), { cause: error })
  if (error.code === 'NOT_FOUND') {
    return new SluiceError('USAGE', 'The engine that runs does not know this call.', {
      cause: error,
      remedy: 'Stop it with `sluice stop`, and start this version.',
    })
  }
  return new SluiceError('INTERNAL', error.message, { cause: error })
}

function refusal(data: unknown): string {
  const issues = issuesOf(data).map((issue) => `${issue.path.join('.')}: ${issue.message}`)
  return issues.length === 0 ? 'The request was not understood.' : `The request was refused: ${issues.join('; ')}.`
}

interface Issue {
  readonly path: readonly string[]
  readonly message: string
}

function issuesOf(data: unknown): Issue[] {
  if (typeof data !== 'object' || data === null || !('issues' in data) || !Array.isArray(data.issues)) return []
  return data.issues.flatMap((issue: unknown) => {
    if (typeof issue !== 'object' || issue === null || !('message' in issue)) return []
    const path = 'path' in issue && Array.isArray(issue.path) ? issue.path.map(String) : []
    return [{ path, message: String(issue.message) }]
  })
}
