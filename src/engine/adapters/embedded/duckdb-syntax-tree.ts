/** What was parsed: the user's text, and what we put around it. `before` is ASCII. */
export interface SourceText {
  readonly text: string
  readonly before: string
  readonly after: string
}

/**
 * A copy of a serialized syntax tree whose `query_location`s, bytes from the start of the whole, became characters from
 * the start of the user's text. Those that point nowhere (2^64 - 1, or to what we put around) are left out.
 */
export function relocate(node: unknown, source: SourceText): unknown {
  const bytes = Buffer.from(source.text)
  const copy = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(copy)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).flatMap(entry))
  }
  const entry = ([key, value]: [string, unknown]): [string, unknown][] => {
    if (key !== 'query_location') return [[key, copy(value)]]
    const at = Number(value) - source.before.length
    return at >= 0 && at <= bytes.length ? [[key, bytes.toString('utf8', 0, at).length]] : []
  }
  return copy(node)
}
