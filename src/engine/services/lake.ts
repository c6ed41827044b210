import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import type { Cat, FileEntry, Put, Usage } from '#contract/files.ts'
import { SluiceError } from '#engine/core/sluice-error.ts'
import type { LakeFiles } from '#engine/engine-api.ts'
import type { Lake, LakeEntry } from '#engine/ports/lake.ts'

const CAT_BYTES = 192 * 1024

/** The lake as people see and touch it. */
export function createLakeService({ lake }: { readonly lake: Lake }): LakeFiles {
  return {
    ls: (path) => ls(lake, tidy(path)),
    stat: (path) => entryAt(lake, tidy(path)),
    cat: (request, signal) => cat(lake, request, signal),
    put: (request) => put(lake, request),
    mkdir: async (path) => {
      await lake.mkdirs(tidy(path))
      return entryAt(lake, tidy(path))
    },
    mv: (from, to) => move(lake, tidy(from), tidy(to)),
    rm: (path, recursive) => remove(lake, tidy(path), recursive),
    chmod: async (path, mode) => {
      await entryAt(lake, tidy(path))
      await lake.setMode(tidy(path), mode)
      return entryAt(lake, tidy(path))
    },
    chown: async (path, owner, group) => {
      const before = await entryAt(lake, tidy(path))
      await lake.setOwner(tidy(path), owner, group ?? before.group)
      return entryAt(lake, tidy(path))
    },
    du: async (path) => {
      await entryAt(lake, tidy(path))
      return { path: tidy(path), ...(await lake.usage(tidy(path))) }
    },
  }
}

/** What is meant by `data/` is `/data`; what leaves the lake is the lake's to refuse. */
function tidy(path: string): string {
  const absolute = path.startsWith('/') ? path : `/${path}`
  return absolute.length > 1 ? absolute.replace(/\/+$/, '') || '/' : absolute
}

async function entryAt(lake: Lake, path: string): Promise<FileEntry> {
  const entry = await lake.stat(path)
  if (!entry) throw new SluiceError('FILE_UNKNOWN', `There is no ${path} in the lake.`)
  return entry
}

async function ls(lake: Lake, path: string): Promise<FileEntry[]> {
  const entry = await entryAt(lake, path)
  return entry.kind === 'file' ? [entry] : [...(await lake.list(path))]
}

async function* cat(lake: Lake, { path, start, end }: Cat, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const entry = await entryAt(lake, tidy(path))
  if (entry.kind === 'folder') {
    throw new SluiceError('USAGE', `${entry.path} is a folder.`, {
      remedy: `\`sluice files ls ${entry.path}\` lists what is in it.`,
    })
  }
  const range = { start: Math.min(start ?? 0, entry.bytes), end: Math.min(end ?? entry.bytes, entry.bytes) }
  if (range.start >= range.end) return
  for await (const bytes of await lake.open(entry.path, range)) {
    for (let at = 0; at < bytes.length && !signal.aborted; at += CAT_BYTES) yield bytes.subarray(at, at + CAT_BYTES)
    if (signal.aborted) return
  }
}

async function put(lake: Lake, { path, file, force }: Put): Promise<FileEntry> {
  await assertReadable(file)
  const target = await targetIn(lake, tidy(path), file)
  const there = await lake.stat(target)
  if (there?.kind === 'folder') throw exists(target, 'It is a folder.')
  if (there && force !== true) throw exists(target, 'Choose another name, or overwrite it with `--force`.')
  if (there) await lake.remove(target)
  await lake.create(target, createReadStream(file))
  return entryAt(lake, target)
}

async function assertReadable(file: string): Promise<void> {
  try {
    await using handle = await open(file, 'r')
    if ((await handle.stat()).isFile()) return
  } catch (cause) {
    throw new SluiceError('FILE_UNREADABLE', `reading ${file}`, { cause })
  }
  throw new SluiceError('FILE_UNREADABLE', `${file} is not a file.`)
}

/** A folder as target means: into it, under the same name. */
async function targetIn(lake: Lake, to: string, from: string): Promise<string> {
  const there = await lake.stat(to)
  if (there?.kind !== 'folder') return to
  const name = from.split(/[/\\]/).at(-1) ?? from
  return to === '/' ? `/${name}` : `${to}/${name}`
}

async function move(lake: Lake, from: string, to: string): Promise<FileEntry> {
  await entryAt(lake, from)
  const target = await targetIn(lake, to, from)
  if (`${target}/`.startsWith(`${from}/`)) {
    throw new SluiceError('USAGE', `${from} can't be moved into itself.`, { remedy: 'Choose another target.' })
  }
  await lake.rename(from, target)
  return entryAt(lake, target)
}

async function remove(lake: Lake, path: string, recursive: boolean): Promise<Usage> {
  const entry: LakeEntry = await entryAt(lake, path)
  if (path === '/') {
    throw new SluiceError('USAGE', 'The root of the lake stays.', {
      remedy: 'Remove the folders in it; `sluice reset` empties what a pipeline has filed.',
    })
  }
  if (entry.kind === 'folder' && !recursive) {
    throw new SluiceError('USAGE', `${path} is a folder.`, { remedy: 'Remove it with all in it: `-r`.' })
  }
  const usage = await lake.usage(path)
  await lake.remove(path)
  return { path, ...usage }
}

function exists(path: string, remedy: string): SluiceError {
  return new SluiceError('FILE_EXISTS', `There is ${path} in the lake already.`, { remedy })
}
