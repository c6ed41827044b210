import type { Column } from './columns.ts'

/** Why a record or a value of it is refused. */
export const REJECT_CODES = ['record', 'missing', 'cast', 'below', 'above', 'other'] as const
export type RejectCode = (typeof REJECT_CODES)[number]

/** The longest piece of a value that a reason shows, in characters. */
const SHOWN = 80

/** The reason in plain words, to be read after the column's name: `"abc" is not an int`. */
export function rejectReason(code: RejectCode, column: Column | undefined, text: string): string {
  switch (code) {
    case 'record':
      return 'this is not one JSON object'
    case 'missing':
      return 'is missing but required'
    case 'cast':
      return `${quoted(text)} is not ${withArticle(column)}`
    case 'below':
      return `${measured(column, text)} is below the minimum ${column?.min}`
    case 'above':
      return `${measured(column, text)} is above the maximum ${column?.max}`
    case 'other':
      return `${quoted(text)} is not one of ${allowed(column)}`
  }
}

/** A value as a reason shows it: quoted as JSON does, cut to 80 characters. */
function quoted(text: string): string {
  return JSON.stringify(cut(text))
}

function cut(text: string): string {
  const characters = Array.from(text.slice(0, 2 * SHOWN + 2))
  return characters.length <= SHOWN ? text : `${characters.slice(0, SHOWN).join('')}…`
}

function measured(column: Column | undefined, text: string): string {
  const isText = column?.type === 'string' || column?.type === 'json'
  return isText ? `the length of ${quoted(text)}` : cut(text.trim())
}

function allowed(column: Column | undefined): string {
  return (column?.values ?? []).map((value) => quoted(String(value))).join(', ')
}

function withArticle(column: Column | undefined): string {
  const type = column?.type ?? 'string'
  return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`
}
