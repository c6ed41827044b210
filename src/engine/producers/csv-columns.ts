import type { Column, ColumnType } from '#engine/core/columns.ts'

/** What the fields of a file's records are called, in their order. */
export interface CsvColumns {
  readonly names: readonly string[]
  /** The topic's columns that the file doesn't have. */
  readonly missing: readonly Column[]
  /** The file's columns that the topic doesn't have: they stay in the record. */
  readonly extra: readonly string[]
  /** Names that two fields have. */
  readonly twice: readonly string[]
}

/**
 * Maps a header to the topic's columns: by name without white space around it, then without regard to case, blanks and
 * punctuation ("Customer ID" is customer_id). A field without a name is called after its place: field_3.
 */
export function csvColumns(header: readonly string[], columns: readonly Column[]): CsvColumns {
  const exact = new Set(columns.map(({ name }) => name))
  const loose = new Map(columns.map(({ name }) => [simplified(name), name]))
  const names = header.map((text, index) => {
    const name = text.trim()
    if (name === '') return `field_${index + 1}`
    return exact.has(name) ? name : (loose.get(simplified(name)) ?? name)
  })
  const found = new Set(names)
  return {
    names,
    missing: columns.filter(({ name }) => !found.has(name)),
    extra: names.filter((name) => !exact.has(name)),
    twice: [...new Set(names.filter((name, index) => names.indexOf(name) !== index))],
  }
}

/** The JSON that a text stands for in a column of this type, where it isn't a JSON string; undefined where it is one. */
export function bareJson(type: ColumnType, text: string): string | undefined {
  const trimmed = text.trim()
  if (type === 'boolean') return /^(true|false)$/i.test(trimmed) ? trimmed.toLowerCase() : undefined
  if (type === 'json') return isJson(trimmed) ? trimmed.replaceAll(/[\r\n]+/g, ' ') : undefined
  const number = type === 'int' || type === 'long' || type === 'double' || type.startsWith('decimal')
  return number && /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(trimmed) ? trimmed : undefined
}

function simplified(name: string): string {
  return name.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, '_')
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
