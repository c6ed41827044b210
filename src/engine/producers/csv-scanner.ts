const QUOTE = 34
const NEWLINE = 10
const RETURN = 13

/** What a scan has found: a whole record; that bytes are missing; a quote that nothing closes before the end of the file. */
export type Scan = 'record' | 'partial' | 'unclosed'

/** A stretch of a file's bytes, and whether the file ends with it. */
export interface CsvBytes {
  readonly bytes: Uint8Array
  readonly last: boolean
}

/**
 * Finds where records end. A quote means something only as the first byte of a field, up to the next one that isn't
 * doubled; what stands between that and the delimiter belongs to the field. Lines end with \n, \r\n or \r. These are the
 * rules of Python's csv module.
 */
export class CsvScanner {
  readonly #delimiter: number
  /** Where the record ends, without its line end. */
  end = 0
  /** Where the one after it starts. */
  next = 0
  /** The record has a line end: more of the file can't lengthen it. */
  closed = true

  constructor(delimiter: number) {
    this.#delimiter = delimiter
  }

  scan(source: CsvBytes, from: number): Scan {
    const { bytes, last } = source
    const { length } = bytes
    let fresh = true
    for (let at = from; at < length; at++) {
      const byte = bytes[at]
      if (byte === NEWLINE || byte === RETURN) return this.#lineEnd(bytes, at)
      if (fresh && byte === QUOTE) at = closingQuote(bytes, at)
      if (at < 0) return last ? 'unclosed' : 'partial'
      fresh = byte === this.#delimiter
    }
    return last && length > from ? this.#found(length, length) : 'partial'
  }

  /** Takes the one line at `from` for a record, whatever its quotes say; partial where its end is not in sight. */
  scanLine(source: CsvBytes, from: number): Scan {
    const { bytes } = source
    const end = bytes.length
    for (let at = from; at < end; at++) {
      if (bytes[at] === NEWLINE || bytes[at] === RETURN) return this.#lineEnd(bytes, at)
    }
    return source.last ? this.#found(end, end) : 'partial'
  }

  /** Takes all the bytes there are for a record. */
  takeAll({ bytes }: CsvBytes): void {
    this.#found(bytes.length, bytes.length)
  }

  /** Of a \r\n that the bytes end between, the \n is taken for an empty line the next time. */
  #lineEnd(bytes: Uint8Array, at: number): Scan {
    return this.#found(at, bytes[at] === RETURN && bytes[at + 1] === NEWLINE ? at + 2 : at + 1)
  }

  #found(end: number, next: number): Scan {
    this.end = end
    this.next = next
    this.closed = next > end
    return 'record'
  }
}

/** The quote that closes the one at `open`; -1 if there is none. */
function closingQuote(bytes: Uint8Array, open: number): number {
  let at = open + 1
  for (;;) {
    at = bytes.indexOf(QUOTE, at)
    if (at < 0 || bytes[at + 1] !== QUOTE) return at
    at += 2
  }
}
