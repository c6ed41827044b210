import type { ColumnType } from '#engine/core/columns.ts'
import { pieceOf } from './byte-writer.ts'
import type { ByteWriter } from './byte-writer.ts'

export type Scalar = string | number | boolean | null

/** What a record's fields know beside its number. */
export interface Moment {
  /** Milliseconds since 1970 at which `now` fields say that the record was made. */
  now: number
}

/** What every field of a record has. */
export interface Member {
  /** What stands before the value: `,"name":`, in the first one `{"name":`. */
  readonly lead: string
  readonly type: ColumnType
}

/** One field of a generated record: a pure function of the record's number, but for `moment`. */
export interface GeneratedField {
  /** The most bytes that `write` writes. */
  readonly maxBytes: number
  /** The value in record n, as another field compares it. */
  value(n: number, moment: Moment): Scalar
  /** Writes the member of record n: its lead, and the value as JSON. */
  write(n: number, out: ByteWriter, moment: Moment): void
}

/** A field whose values are known beforehand; `pick` gives the index of record n's. */
export function pooledField(
  { lead }: Member,
  values: readonly Scalar[],
  pick: (n: number, moment: Moment) => number,
): GeneratedField {
  const json = values.map((value) => pieceOf(lead + JSON.stringify(value)))
  const none = pieceOf(`${lead}null`)
  return {
    maxBytes: Math.max(none.length, ...json.map((piece) => piece.length)),
    value: (n, moment) => values[pick(n, moment)] ?? null,
    write: (n, out, moment) => out.copy(json[pick(n, moment)] ?? none),
  }
}
