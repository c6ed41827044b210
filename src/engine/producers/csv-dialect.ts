/** How the bytes of a CSV file are to be read. */
export interface CsvDialect {
  /** The byte between two fields. */
  readonly delimiter: number
  /** `auto`: each record by itself, UTF-8 where its bytes are that, Windows-1252 where they aren't. */
  readonly encoding: 'auto' | 'utf-8' | 'windows-1252'
}

const CANDIDATES = [',', ';', '\t', '|']

/** The candidate that stands most often outside quotes in the first record; a comma where none does. */
export function detectDelimiter(firstRecord: string): string {
  const bare = firstRecord.replaceAll(/"[^"]*"/g, '')
  const counts = CANDIDATES.map((candidate) => bare.split(candidate).length - 1)
  return CANDIDATES[counts.indexOf(Math.max(...counts))] ?? ','
}

/** The fields of one record that is whole, by the rules of `CsvScanner`. */
export function splitFields(record: string, delimiter: string): readonly string[] {
  const fields: string[] = []
  let at = 0
  for (;;) {
    const [field, end] = record[at] === '"' ? quotedField(record, at, delimiter) : bareField(record, at, delimiter)
    fields.push(field)
    if (end >= record.length) return fields
    at = end + 1
  }
}

function bareField(record: string, start: number, delimiter: string): [string, number] {
  const found = record.indexOf(delimiter, start)
  const end = found < 0 ? record.length : found
  return [record.slice(start, end), end]
}

function quotedField(record: string, start: number, delimiter: string): [string, number] {
  let close = record.indexOf('"', start + 1)
  while (close >= 0 && record[close + 1] === '"') close = record.indexOf('"', close + 2)
  if (close < 0) return bareField(record, start, delimiter)
  const [rest, end] = bareField(record, close + 1, delimiter)
  return [record.slice(start + 1, close).replaceAll('""', '"') + rest, end]
}
