import type { ColumnType } from '#engine/core/columns.ts'
import { NUMBER_BYTES, pieceOf } from './byte-writer.ts'
import type { GeneratedField, Member } from './generated-field.ts'

const SIGNIFICANT = 6
const MAX_DECIMALS = 9

/**
 * A field of numbers. They are written with as many decimals as the column has, and in a column of doubles with enough
 * for six digits of `scale`: a simulated measure has no more, and short ones are twice as fast to write and to read.
 */
export function numberField(member: Member, scale: number, draw: (n: number) => number): GeneratedField {
  const lead = pieceOf(member.lead)
  const decimals = decimalsOf(member.type, scale)
  const power = 10 ** decimals
  return {
    maxBytes: lead.length + NUMBER_BYTES,
    value: (n) => Math.round(draw(n) * power) / power,
    write: (n, out) => {
      out.copy(lead)
      out.fixed(draw(n), decimals)
    },
  }
}

/** A field of whole numbers. */
export function integerField(member: Member, draw: (n: number) => number): GeneratedField {
  const lead = pieceOf(member.lead)
  return {
    maxBytes: lead.length + NUMBER_BYTES,
    value: draw,
    write: (n, out) => {
      out.copy(lead)
      out.integer(draw(n))
    },
  }
}

function decimalsOf(type: ColumnType, scale: number): number {
  if (type === 'int' || type === 'long') return 0
  const declared = /^decimal\(\d+,(\d+)\)$/.exec(type)?.[1]
  if (declared !== undefined) return Math.min(Number(declared), MAX_DECIMALS)
  const digits = scale > 0 ? Math.ceil(Math.log10(scale)) : 0
  return Math.min(MAX_DECIMALS, Math.max(1, SIGNIFICANT - digits))
}
