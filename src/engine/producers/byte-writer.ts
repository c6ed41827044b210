const MINUS = 45
const POINT = 46
const BILLION = 1e9
const WORD = 8
const MAX_DECIMALS = 9
const POWERS = Array.from({ length: MAX_DECIMALS + 1 }, (_, exponent) => 10 ** exponent)

const QUAD = 4
/** The four digits of 0 … 9999, the first one in the lowest byte. */
const QUADS = Int32Array.from({ length: 10_000 }, (_, value) => {
  const digits = String(value).padStart(QUAD, '0')
  return new DataView(new TextEncoder().encode(digits).buffer).getInt32(0, true)
})

/** The most bytes that `integer` and `fixed` write. */
export const NUMBER_BYTES = 32

/**
 * UTF-8 text prepared for `copy`, eight bytes to a number, for eight are written as fast as one. No such number is a NaN
 * (whose bits might change on the way): its bytes 6 and 7 would be 0xF0 or more and 0x7F, which no UTF-8 has in a row.
 */
export interface Piece {
  readonly length: number
  readonly words: Float64Array
}

/** Prepares the UTF-8 bytes of a text. */
export function pieceOf(text: string): Piece {
  const bytes = Buffer.from(text)
  const words = new Float64Array(Math.ceil(bytes.length / WORD))
  const view = new DataView(words.buffer)
  for (const [index, byte] of bytes.entries()) view.setUint8(index, byte)
  for (let index = 0; index < words.length; index++) words[index] = view.getFloat64(index * WORD, true)
  return { length: bytes.length, words }
}

/** Bytes that grow at their end. Whoever writes has called `reserve` for at least as many bytes as he writes. */
export class ByteWriter {
  bytes: Buffer<ArrayBuffer>
  at = 0
  #view: DataView

  constructor(capacity: number) {
    this.bytes = Buffer.allocUnsafeSlow(capacity + WORD)
    this.#view = new DataView(this.bytes.buffer)
  }

  reserve(count: number): void {
    const needed = this.at + count + WORD
    if (needed <= this.bytes.length) return
    const grown = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, needed))
    grown.set(this.bytes.subarray(0, this.at))
    this.bytes = grown
    this.#view = new DataView(grown.buffer)
  }

  byte(byte: number): void {
    this.bytes[this.at++] = byte
  }

  /** Writes up to seven bytes past the piece, that the next writing covers: `reserve` keeps room for them. */
  copy({ length, words }: Piece): void {
    const view = this.#view
    let at = this.at
    for (let index = 0; index < words.length; index++, at += WORD) view.setFloat64(at, words[index] ?? 0, true)
    this.at += length
  }

  /** Bytes as they are, any number of them: room is made. */
  append(bytes: Uint8Array): void {
    this.reserve(bytes.length)
    this.bytes.set(bytes, this.at)
    this.at += bytes.length
  }

  /** A safe integer. */
  integer(value: number): void {
    if (value < 0) this.byte(MINUS)
    this.#natural(Math.abs(value))
  }

  /** A finite number rounded to 0–9 decimals, all of them written; beyond 2^53 units of the last one as JavaScript does. */
  fixed(value: number, decimals: number): void {
    const power = POWERS[decimals] ?? 1
    const units = Math.round(Math.abs(value) * power)
    if (units > Number.MAX_SAFE_INTEGER) return this.#ascii(String(value))
    if (value < 0 && units > 0) this.byte(MINUS)
    const whole = Math.floor(units / power)
    this.#natural(whole)
    if (decimals === 0) return
    this.byte(POINT)
    this.#digits(units - whole * power, decimals)
  }

  /** What was written, uncopied. */
  written(): Buffer<ArrayBuffer> {
    return this.bytes.subarray(0, this.at)
  }

  #natural(value: number): void {
    if (value < BILLION) return this.#digits(value, digitsOf(value))
    const upper = Math.floor(value / BILLION)
    this.#natural(upper)
    this.#digits(value - upper * BILLION, 9)
  }

  /** The lowest `count` ≤ 9 digits of a number below a billion, four at a time; the odd ones first. */
  #digits(value: number, count: number): void {
    const view = this.#view
    let at = this.at
    let rest = value | 0
    const odd = count % QUAD
    if (odd > 0) {
      const divisor = POWERS[count - odd] ?? 1
      const top = (rest / divisor) | 0
      view.setInt32(at, (QUADS[top] ?? 0) >>> (8 * (QUAD - odd)), true)
      rest -= top * divisor
      at += odd
    }
    if (count >= 2 * QUAD) {
      const top = (rest / 10_000) | 0
      view.setInt32(at, QUADS[top] ?? 0, true)
      rest -= top * 10_000
      at += QUAD
    }
    if (count >= QUAD) view.setInt32(at, QUADS[rest] ?? 0, true)
    this.at += count
  }

  #ascii(text: string): void {
    for (let index = 0; index < text.length; index++) this.byte(text.charCodeAt(index))
  }
}

/** How many digits a number below a billion has. */
function digitsOf(value: number): number {
  let digits = 1
  for (let bound = 10; value >= bound; bound *= 10) digits++
  return digits
}
