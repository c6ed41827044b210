import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Lake } from '#engine/ports/lake.ts'

export interface LocalCopies {
  readonly paths: readonly string[]
  /** Where the copies go. */
  readonly folder: string
  /** Ends the copying. */
  readonly signal?: AbortSignal
}

/** Copies files of the lake to this machine for as long as `use` runs. */
export async function withLocalCopies<T>(
  lake: Lake,
  { paths, folder, signal }: LocalCopies,
  use: (files: readonly string[]) => Promise<T>,
): Promise<T> {
  const local = await mkdtemp(join(folder, 'copy-'))
  try {
    const files = paths.map((path, index) => ({
      path,
      file: join(local, `${index}-${path.slice(path.lastIndexOf('/') + 1)}`),
    }))
    for (const { path, file } of files) {
      signal?.throwIfAborted()
      await pipeline(Readable.from(await lake.open(path)), createWriteStream(file))
    }
    return await use(files.map(({ file }) => file))
  } finally {
    await rm(local, { recursive: true, force: true })
  }
}
