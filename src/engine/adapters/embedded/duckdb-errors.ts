import { SluiceError } from '#engine/core/sluice-error.ts'

/** DuckDB's message without its kind, the text it quotes and its pointers: `Conversion Error: x\n\nLINE 1: …` → `x`. */
export function plainDuckdbMessage(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  const [first = ''] = message.split(/\n\s*\n|\nLINE \d+:/, 1)
  return first.replace(/^(Failed to extract statements: )?[A-Z][A-Za-z ]+ Error: /, '').trim()
}

/** True where the values at hand made the statement fail, not the statement, the machine or whoever interrupted it. */
export function failedForValues(error: unknown): boolean {
  return error instanceof Error && /^(Out of Range|Conversion|Invalid Input) Error: /.test(error.message)
}

/** DISK_FULL where the disk is: DuckDB says so in words alone. Any other error comes back as it is. */
export function fromDisk(error: unknown): unknown {
  if (
    !(error instanceof Error) ||
    !/^IO Error: .*(No space left|Disk quota exceeded|not enough space)/is.test(error.message)
  )
    return error
  return new SluiceError('DISK_FULL', plainDuckdbMessage(error), { cause: error, retryable: true })
}
