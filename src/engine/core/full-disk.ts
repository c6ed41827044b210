import { SluiceError } from './sluice-error.ts'

/** DISK_FULL (retryable) for an error of the operating system that says so; any other error comes back as it is. */
export function namingFullDisk(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof SluiceError || !('code' in error)) return error
  if (error.code !== 'ENOSPC' && error.code !== 'EDQUOT') return error
  const { message } = error
  return new SluiceError('DISK_FULL', message, { cause: error, retryable: true })
}
