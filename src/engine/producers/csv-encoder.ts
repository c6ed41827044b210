import { isUtf8 } from 'node:buffer'
import type { ColumnType } from '#engine/core/columns.ts'
import { pieceOf } from './byte-writer.ts'
import type { ByteWriter, Piece } from './byte-writer.ts'
import { bareJson } from './csv-columns.ts'
import type { CsvDialect } from './csv-dialect.ts'

const QUOTE = 34
const OPEN_BRACE = 123
const CLOSE_BRACE = 125
/** The most bytes that one byte of a field becomes: a control character as \u001f. */
const WIDEST = 6

export interface CsvLayout extends CsvDialect {
  readonly names: readonly string[]
  /** Columns whose values are to be JSON of their type where they can be; all others are strings. */
  readonly types: Readonly<Record<string, ColumnType>>
  /** The index of the field that is the record's key. */
  readonly key?: number
}

/** JSON for each byte that doesn't stand for itself in a JSON string; in UTF-8, bytes from 0x80 on do. */
const UTF8_ESCAPES = escapes(false)
const WINDOWS_ESCAPES = escapes(true)
const ESCAPED_QUOTE = pieceOf('\\"')

/** How a record was taken. One that was not (too many fields, or not the encoding that was promised) wrote nothing. */
export interface EncodedRecord {
  readonly taken: boolean
  /** Its bytes are UTF-8. */
  readonly utf8: boolean
  readonly key: string | null
}

/**
 * Writes CSV records as JSON objects of strings, from bytes to bytes. An empty field is left out: it is null. Fields
 * beyond the columns may be there if they are empty.
 */
export class CsvEncoder {
  readonly #layout: CsvLayout
  readonly #leads: readonly Piece[]
  readonly #types: readonly (ColumnType | undefined)[]
  readonly #leadBytes: number
  readonly #extra = pieceOf('')
  readonly #out: ByteWriter
  #bytes: Uint8Array = new Uint8Array()
  #end = 0
  #escapes: readonly (Piece | undefined)[] = UTF8_ESCAPES
  #high = 0

  constructor(layout: CsvLayout, out: ByteWriter) {
    this.#layout = layout
    this.#out = out
    this.#leads = layout.names.map((name) => pieceOf(`,${JSON.stringify(name)}:"`))
    this.#types = layout.names.map((name) => layout.types[name])
    this.#leadBytes = this.#leads.reduce((sum, { length }) => sum + length + 1, 2)
  }

  /** Writes the record that these bytes are, without a line end. */
  encode(bytes: Uint8Array, from: number, to: number): EncodedRecord {
    const out = this.#out
    out.reserve((to - from) * WIDEST + this.#leadBytes)
    const start = out.at
    const { encoding } = this.#layout
    this.#bytes = bytes
    this.#end = to
    this.#high = 0
    this.#escapes = encoding === 'windows-1252' ? WINDOWS_ESCAPES : UTF8_ESCAPES
    let key = this.#object(from)
    const utf8 = this.#high < 0x80 || (encoding !== 'windows-1252' && isUtf8(bytes.subarray(from, to)))
    if (!utf8 && encoding === 'auto') {
      out.at = start
      this.#escapes = WINDOWS_ESCAPES
      key = this.#object(from)
    }
    const taken = key !== undefined && (utf8 || encoding !== 'utf-8')
    if (!taken) out.at = start
    return { taken, utf8, key: key ?? null }
  }

  /** The key; undefined where there are too many fields. */
  #object(from: number): string | null | undefined {
    const out = this.#out
    const start = out.at
    let key: string | null = null
    let at = from
    for (let field = 0; at <= this.#end; field++) {
      const before = out.at
      out.copy(this.#leads[field] ?? this.#extra)
      const value = out.at
      at = this.#field(at) + 1
      if (out.at === value) out.at = before
      else if (field >= this.#leads.length) return undefined
      else {
        if (field === this.#layout.key) key = textOf(out, value).trim() || null
        this.#close(field, value)
      }
    }
    if (out.at === start) out.byte(OPEN_BRACE)
    else out.bytes[start] = OPEN_BRACE
    out.byte(CLOSE_BRACE)
    return key
  }

  /** Writes the text of the field at `start`; gives where it ends. */
  #field(start: number): number {
    const quoted = start < this.#end && this.#bytes[start] === QUOTE
    return this.#until(this.#layout.delimiter, quoted ? this.#quoted(start + 1) : start)
  }

  /** Writes what stands between quotes; gives where the text goes on behind them. */
  #quoted(start: number): number {
    let at = this.#until(QUOTE, start)
    while (at + 1 < this.#end && this.#bytes[at + 1] === QUOTE) {
      this.#out.copy(ESCAPED_QUOTE)
      at = this.#until(QUOTE, at + 2)
    }
    return at + 1
  }

  /** Writes bytes up to `stop` or the record's end; gives where that is. All of the file passes through this loop. */
  #until(stop: number, start: number): number {
    const out = this.#out
    const from = this.#bytes
    const to = out.bytes
    const end = this.#end
    const special = this.#escapes
    let high = 0
    let put = out.at
    let at = start
    for (; at < end; at++) {
      const byte = from[at] ?? 0
      if (byte === stop) break
      high |= byte
      const escape = special[byte]
      if (escape === undefined) to[put++] = byte
      else {
        out.at = put
        out.copy(escape)
        put = out.at
      }
    }
    out.at = put
    this.#high |= high
    return at
  }

  #close(field: number, value: number): void {
    const out = this.#out
    const type = this.#types[field]
    const bare = type && bareJson(type, textOf(out, value))
    if (bare === undefined) return out.byte(QUOTE)
    out.at = value - 1
    out.copy(pieceOf(bare))
  }
}

/** The text of the JSON string whose content was written since `start`. */
function textOf(out: ByteWriter, start: number): string {
  const json = out.bytes.toString('utf8', start, out.at)
  return json.includes('\\') ? String(JSON.parse(`"${json}"`)) : json
}

function escapes(windows: boolean): readonly (Piece | undefined)[] {
  const decoder = new TextDecoder('windows-1252')
  return Array.from({ length: 256 }, (_, byte) => {
    if (byte >= 0x80) return windows ? pieceOf(decoder.decode(Uint8Array.of(byte))) : undefined
    const json = JSON.stringify(String.fromCharCode(byte)).slice(1, -1)
    return json.length > 1 ? pieceOf(json) : undefined
  })
}
