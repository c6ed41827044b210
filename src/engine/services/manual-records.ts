import type { Records } from '#engine/core/batch.ts'

interface GivenRecord {
  readonly key?: string | null | undefined
  readonly value: string | null
}

/** Records from texts. A text with newlines that is JSON gets blanks for them, which leaves its value as it was. */
export function manualRecords(given: readonly GivenRecord[]): Records {
  const exact = new Map<number, Uint8Array | null>()
  const lines = given.map(({ value }, index) => {
    if (value !== null && !/[\r\n]/.test(value)) return value
    const line = value === null ? undefined : onOneLine(value)
    if (line !== undefined) return line
    exact.set(index, value === null ? null : Buffer.from(value))
    return ''
  })
  return {
    count: given.length,
    ndjson: Buffer.from(lines.join('\n')),
    ...(given.some(({ key }) => typeof key === 'string') && { keys: given.map(({ key }) => key ?? null) }),
    ...(exact.size > 0 && { exact }),
  }
}

// JSON allows newlines between its tokens only, never raw in a string: as blanks they change nothing.
function onOneLine(value: string): string | undefined {
  try {
    JSON.parse(value)
    return value.replaceAll(/[\r\n]+/g, ' ')
  } catch {
    // Not JSON: its bytes are kept as they are.
    return undefined
  }
}
