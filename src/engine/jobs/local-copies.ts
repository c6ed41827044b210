import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Lake } from '#engine/ports/lake.ts'

/** Copies files of the lake to this machine for as long as `use` runs. */
export async function withLocalCopies<T>(
  lake: Lake,
  { paths, folder }: { readonly paths: readonly string[]; readonly folder: string },
  use: (files: readonly string[]) => Promise<T>,
): Promise<T> {
  const local = await mkdtemp(join(folder, 'copy-'))
  try {
    const files = paths.map((path, index) => ({
      path,
      file: join(local, `${index}-${path.slice(path.lastIndexOf('/') + 1)}`),
    }))
    for (const { path, file } of files) await pipeline(Readable.from(await lake.open(path)), createWriteStream(file))
    return await use(files.map(({ file }) => file))
  } finally {
    await rm(local, { recursive: true, force: true })
  }
}
