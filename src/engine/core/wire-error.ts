import { ERROR_CODES } from '#contract/error-codes.ts'
import type { WireError } from '#contract/wire-error.ts'
import { namingFullDisk } from './full-disk.ts'
import { isSluiceError, SluiceError } from './sluice-error.ts'
import { systemReason } from './system-reason.ts'

/** What an error looks like outside the engine. What isn't a SluiceError is INTERNAL, with its own message. */
export function toWireError(thrown: unknown): WireError {
  const error = namingFullDisk(thrown)
  if (!isSluiceError(error)) {
    return { code: 'INTERNAL', message: sentence('INTERNAL', firstLine(error)), remedy: ERROR_CODES.INTERNAL.remedy }
  }
  return {
    code: error.code,
    message: withDetail(sentence(error.code, error.message), error.cause),
    remedy: error.remedy ?? ERROR_CODES[error.code].remedy,
    ...(error.retryable ? { retryable: true } : {}),
    ...(error.place === undefined ? {} : { place: error.place }),
    ...reasonOf(error),
  }
}

function reasonOf({ code, cause }: SluiceError): Pick<WireError, 'reason'> {
  return isSluiceError(cause) && cause.code !== code ? { reason: cause.code } : {}
}

/** A whole sentence stays as it is; a gerund ("reading topic a") follows the code's cause. */
function sentence(code: WireError['code'], doing: string): string {
  if (/[.!?]$/.test(doing) || doing.includes('\n')) return doing
  return `${ERROR_CODES[code].cause.replace(/\.$/, '')} (${doing}).`
}

// A cause from outside says what the system said; our own errors carry it in their message already.
function withDetail(message: string, cause: unknown): string {
  if (!(cause instanceof Error) || isSluiceError(cause)) return message
  const reason = systemReason(cause)
  if (reason !== undefined) return message.includes(reason) ? message : `${message.replace(/\.$/, '')}: ${reason}.`
  const detail = firstLine(cause)
  // "Binder Error: …": the class is no news.
  const said = detail.replace(/^(\w+ )*Error: |[.!]$/g, '')
  return said === '' || message.includes(said) ? message : `${message} ${/[.!?]$/.test(detail) ? detail : `${detail}.`}`
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return text.split('\n', 1)[0] ?? ''
}

/** What came as a wire error, as the error that it was. */
export function fromWireError(wire: WireError, cause?: unknown): SluiceError {
  return new SluiceError(wire.code, wire.message, {
    cause: isSluiceError(cause) ? cause : wire.reason && new SluiceError(wire.reason, wire.message),
    remedy: wire.remedy,
    retryable: wire.retryable ?? false,
    ...(wire.place === undefined ? {} : { place: wire.place }),
  })
}
