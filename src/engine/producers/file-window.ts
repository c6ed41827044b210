import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { SluiceError } from '#engine/core/sluice-error.ts'
import { systemReason } from '#engine/core/system-reason.ts'

const CHUNK = 1024 * 1024

/** A file that is read forwards, a stretch of it in memory. The caller moves `at` past what he has used. */
export class FileWindow implements AsyncDisposable {
  readonly file: string
  readonly #handle: FileHandle
  #buffer = Buffer.allocUnsafeSlow(CHUNK)
  /** What is in memory of the file; `more` gives other bytes. */
  bytes = this.#buffer.subarray(0, 0)
  /** The first byte of `bytes` that isn't used yet. */
  at = 0
  /** The file ended with `bytes` when it was read last. */
  last = false
  #start = 0

  private constructor(file: string, handle: FileHandle) {
    this.file = file
    this.#handle = handle
  }

  /** FILE_UNREADABLE where there is no such file, or where it is no plain file. */
  static async open(file: string): Promise<FileWindow> {
    const handle = await attempt(file, () => open(file, 'r'))
    const kind = await attempt(file, () => handle.stat())
    if (kind.isFile()) return new FileWindow(file, handle)
    await handle.close()
    throw new SluiceError('FILE_UNREADABLE', `reading ${file}: it is not a file`)
  }

  /** The byte of the file that `at` stands for. */
  get offset(): number {
    return this.#start + this.at
  }

  async size(): Promise<number> {
    return (await attempt(this.file, () => this.#handle.stat())).size
  }

  /** Goes on at this byte of the file. */
  seek(offset: number): void {
    this.#start = offset
    this.at = 0
    this.bytes = this.#buffer.subarray(0, 0)
    this.last = false
  }

  /** Reads further: at least one more byte, or it is `last`. `bytes` then start at what was `at`. */
  async more(): Promise<void> {
    const held = this.#keepUnused()
    const room = this.#buffer.length - held
    const position = this.#start + held
    const { bytesRead } = await attempt(this.file, () => this.#handle.read(this.#buffer, held, room, position))
    this.bytes = this.#buffer.subarray(0, held + bytesRead)
    this.last = bytesRead === 0
  }

  /** Some bytes of the file, wherever the window is; fewer where it ends before. */
  async peek(start: number, end: number): Promise<Buffer> {
    const bytes = Buffer.allocUnsafeSlow(end - start)
    let filled = 0
    while (filled < bytes.length) {
      const rest = bytes.length - filled
      const from = filled
      const { bytesRead } = await attempt(this.file, () => this.#handle.read(bytes, from, rest, start + from))
      if (bytesRead === 0) break
      filled += bytesRead
    }
    return bytes.subarray(0, filled)
  }

  async close(): Promise<void> {
    await this.#handle.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  /** Moves the unused bytes to the front of a buffer with room for as many again; gives their number. */
  #keepUnused(): number {
    const unused = this.bytes.subarray(this.at)
    const target =
      unused.length * 2 > this.#buffer.length ? Buffer.allocUnsafeSlow(this.#buffer.length * 2) : this.#buffer
    unused.copy(target)
    this.#buffer = target
    this.#start += this.at
    this.at = 0
    return unused.length
  }
}

async function attempt<Result>(file: string, act: () => Promise<Result>): Promise<Result> {
  try {
    return await act()
  } catch (cause) {
    throw new SluiceError('FILE_UNREADABLE', `reading ${file}: ${systemReason(cause) ?? 'it failed'}`, { cause })
  }
}
