import { createHash } from 'node:crypto'
import { z } from 'zod'
import { SluiceError } from '#engine/core/sluice-error.ts'
import type { Json } from '#engine/core/json.ts'
import type { FileWindow } from './file-window.ts'

const SAMPLE = 64 * 1024

/** Where reading stands in a CSV file, and what the file looked like up to there (SHA-256 as hex). */
const positionSchema = z.object({
  /** The byte after the last whole record. */
  byte: z.int().nonnegative(),
  /** The record before `byte` had a line end: a longer file goes on with the next record. */
  closed: z.boolean(),
  /** Of the bytes up to the end of the header. */
  header: z.string(),
  /** Of the first and of the last 64 KiB before `byte`. */
  head: z.string(),
  tail: z.string(),
})
export type CsvPosition = z.output<typeof positionSchema>

/** Takes positions of one file: remembers what doesn't change any more. */
export class CsvPositions {
  readonly #file: FileWindow
  readonly #header: string
  #head: string | undefined

  private constructor(file: FileWindow, header: string) {
    this.#file = file
    this.#header = header
  }

  /** `headerEnd`: the byte after the header's line, 0 without one. */
  static async of(file: FileWindow, headerEnd: number): Promise<CsvPositions> {
    return new CsvPositions(file, hash(await file.peek(0, headerEnd)))
  }

  async at(byte: number, closed: boolean): Promise<CsvPosition> {
    const head = this.#head ?? hash(await this.#file.peek(0, Math.min(SAMPLE, byte)))
    if (byte >= SAMPLE) this.#head = head
    const tail = hash(await this.#file.peek(Math.max(0, byte - SAMPLE), byte))
    return { byte, closed, header: this.#header, head, tail }
  }

  /** SOURCE_CHANGED where the file isn't the one of this position, grown or not. */
  async verify(position: CsvPosition): Promise<void> {
    const size = await this.#file.size()
    if (size < position.byte) throw this.#changed(`it has ${size} bytes, and ${position.byte} were read already`)
    if (this.#header !== position.header) throw this.#changed('its header line is another one')
    const now = await this.at(position.byte, position.closed)
    if (now.head !== position.head) throw this.#changed('it starts with other records')
    if (now.tail !== position.tail) throw this.#changed(`the records before byte ${position.byte} are others`)
    if (!position.closed && size > position.byte && !(await this.#lineEndsAt(position.byte))) {
      throw this.#changed(`its last record was read up to byte ${position.byte}, and goes on now`)
    }
  }

  async #lineEndsAt(byte: number): Promise<boolean> {
    const next = (await this.#file.peek(byte, byte + 1)).toString('latin1')
    return next === '\n' || next === '\r'
  }

  #changed(difference: string): SluiceError {
    return new SluiceError('SOURCE_CHANGED', `reading on in ${this.#file.file}: ${difference}`)
  }
}

/** Reads a committed position; undefined where there is none. */
export function readCsvPosition(position: Json | undefined, file: string): CsvPosition | undefined {
  if (position === undefined || position === null) return undefined
  const parsed = positionSchema.safeParse(position)
  if (parsed.success) return parsed.data
  throw new SluiceError('STORE_DAMAGED', `reading the position in ${file}`, { cause: parsed.error })
}

function hash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
