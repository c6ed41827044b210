import type { ColumnType } from '#engine/core/columns.ts'
import { NUMBER_BYTES, pieceOf } from './byte-writer.ts'
import type { GeneratedField, Member } from './generated-field.ts'

const none = pieceOf('')

/** A text with the record's number wherever `{sequence}` stands in it. */
export function patternField({ lead }: Member, pattern: string): GeneratedField {
  const parts = pattern.split('{sequence}')
  const texts = parts.map((part) => JSON.stringify(part).slice(1, -1))
  const json = texts.map((text, index) => {
    const start = index === 0 ? `${lead}"` : ''
    return pieceOf(start + text + (index === texts.length - 1 ? '"' : ''))
  })
  const size = json.reduce((sum, part) => sum + part.length + NUMBER_BYTES, 0)
  return {
    maxBytes: size,
    value: (n) => {
      let text = parts[0] ?? ''
      for (let index = 1; index < parts.length; index++) {
        const part = parts[index] ?? ''
        text += part === '' ? n : n + part
      }
      return text
    },
    write: (n, out) => {
      for (let index = 0; index < json.length; index++) {
        if (index > 0) out.integer(n)
        out.copy(json[index] ?? none)
      }
    },
  }
}

/** The moment: ISO 8601 in UTC, its day in a column of dates, milliseconds since 1970 in a column of numbers. */
export function nowField({ lead, type }: Member): GeneratedField {
  const value = valueOfMoment(type)
  let rendered = pieceOf(lead + JSON.stringify(value(0)))
  let renderedAt = 0
  return {
    maxBytes: 4 * lead.length + NUMBER_BYTES,
    value: (_, moment) => value(moment.now),
    write: (_, out, { now }) => {
      if (now !== renderedAt) {
        rendered = pieceOf(lead + JSON.stringify(value(now)))
        renderedAt = now
      }
      out.copy(rendered)
    },
  }
}

function valueOfMoment(type: ColumnType): (now: number) => string | number {
  if (type === 'date') return (now) => new Date(now).toISOString().slice(0, 10)
  if (type === 'int' || type === 'long' || type === 'double') return (now) => now
  return (now) => new Date(now).toISOString()
}
