import { createWriteStream } from 'node:fs'
import { mkdtemp, rename, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Context } from '#cli/context.ts'
import { formatBytes, formatMode, formatNumberOf, formatTime } from '#cli/format.ts'
import { answer } from '#cli/print.ts'
import { openSession, type Session } from '#cli/session.ts'
import { table } from '#cli/table.ts'
import { usage, verb, type AnyVerb } from '#cli/verb.ts'
import type { FileEntry } from '#contract/files.ts'
import { SluiceError } from '#engine/core/sluice-error.ts'

const PATH = { type: 'positional', required: true, description: 'A path of the lake: /data/space/all' } as const

const ls = verb({
  usage: 'files ls [path]',
  about: '',
  examples: [['sluice files ls /data', 'what is in it']],
  args: { path: { type: 'positional', default: '/', description: 'A folder or file of the lake (default: /)' } },
  run: async ({ path }, context) => {
    await using session = await openSession(context)
    const entries = await session.client.files.ls({ path })
    return await answer(context, entries, () => listing(entries))
  },
})

function listing(entries: readonly FileEntry[]): string {
  const rows = entries.map(({ name, kind, mode, owner, group, bytes, modified }) => [
    formatMode(mode, kind === 'folder'),
    owner,
    group,
    kind === 'folder' ? '-' : formatBytes(bytes),
    formatTime(modified),
    kind === 'folder' ? `${name}/` : name,
  ])
  return rows.length === 0
    ? 'empty\n'
    : table({ head: ['mode', 'owner', 'group', 'size', 'modified', 'name'], rows, right: [3] })
}

const cat = verb({
  usage: 'files cat <path>',
  about: 'Its bytes, as they are. The rows of Parquet files are asked for in SQL: `sluice query`.',
  examples: [['sluice files cat /data/out.json', 'print it']],
  args: { path: PATH },
  run: async ({ path }, context) => {
    await using session = await openSession(context)
    for await (const chunk of bytesOf(session, path, context.signal)) await context.terminal.stdout.write(chunk)
    return 0
  },
})

async function* bytesOf({ client }: Session, path: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  for await (const { base64 } of await client.files.cat({ path }, { signal })) yield Buffer.from(base64, 'base64')
}

const get = verb({
  usage: 'files get <path> [local file or folder]',
  about: 'Never overwrites a local file.',
  examples: [['sluice files get /data/out.json', 'into this folder']],
  args: {
    path: PATH,
    to: { type: 'positional', required: false, description: 'Where to (default: this folder)' },
  },
  run: async ({ path, to }, context) => {
    await using session = await openSession(context)
    const entry = await session.client.files.stat({ path })
    const target = await localTarget(resolve(context.terminal.cwd, to ?? '.'), entry.name)
    const part = `${target}.part-${process.pid}`
    try {
      await pipeline(bytesOf(session, path, context.signal), createWriteStream(part, { flags: 'wx' }))
      await rename(part, target)
    } finally {
      await rm(part, { force: true })
    }
    return await answer(
      context,
      { path: entry.path, file: target, bytes: entry.bytes },
      () => `${target} (${formatBytes(entry.bytes)})\n`,
    )
  },
})

async function localTarget(path: string, name: string): Promise<string> {
  const there = await stat(path).catch(() => undefined)
  if (there?.isDirectory()) return localTarget(join(path, name), name)
  if (there) throw new SluiceError('FILE_EXISTS', `There is a file ${path} already.`)
  return path
}

const put = verb({
  usage: 'files put <local file|-> <path> [--force]',
  about: 'Never overwrites, unless --force takes away what is there.',
  examples: [['sluice files put cities.json /data/reference/cities.json', 'a file of your own']],
  args: {
    file: { type: 'positional', required: true, description: 'A local file, or - for stdin' },
    path: PATH,
    force: { type: 'boolean', alias: 'f', description: 'Overwrite' },
  },
  run: async ({ file, path, force }, context) => {
    await using local = await localFile(file, context)
    await using session = await openSession(context)
    const entry = await session.client.files.put({ path, file: local.path, force })
    return await answer(context, entry, () => `${entry.path} (${formatBytes(entry.bytes)})\n`)
  },
})

interface LocalFile extends AsyncDisposable {
  readonly path: string
}

/** Stdin goes through a file, so that the lake gets all of it or nothing. */
async function localFile(file: string, { terminal }: Context): Promise<LocalFile> {
  if (file !== '-') return { path: resolve(terminal.cwd, file), [Symbol.asyncDispose]: () => Promise.resolve() }
  const folder = await mkdtemp(join(tmpdir(), 'sluice-put-'))
  const path = join(folder, 'stdin')
  await pipeline(terminal.stdin, createWriteStream(path))
  return { path, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) }
}

const mkdir = verb({
  usage: 'files mkdir <path>',
  about: '',
  examples: [],
  args: { path: PATH },
  run: async ({ path }, context) => {
    await using session = await openSession(context)
    const entry = await session.client.files.mkdir({ path })
    return await answer(context, entry, () => `${entry.path}\n`)
  },
})

const mv = verb({
  usage: 'files mv <from> <to>',
  about: 'Never overwrites; a folder as target means into it.',
  examples: [],
  args: { from: PATH, to: PATH },
  run: async ({ from, to }, context) => {
    await using session = await openSession(context)
    const entry = await session.client.files.mv({ from, to })
    return await answer(context, entry, () => `${entry.path}\n`)
  },
})

const remove = verb({
  usage: 'files rm <path> [-r]',
  about: "What a running sink files is better removed by `sluice reset`, which takes the sink's log with it.",
  examples: [],
  args: { path: PATH, recursive: { type: 'boolean', alias: 'r', description: 'A folder with all in it' } },
  run: async ({ path, recursive }, context) => {
    await using session = await openSession(context)
    const gone = await session.client.files.rm({ path, recursive })
    return await answer(
      context,
      gone,
      () => `${gone.path} is gone (${formatNumberOf(gone.files, 'file')}, ${formatBytes(gone.bytes)})\n`,
    )
  },
})

const chmod = verb({
  usage: 'files chmod <mode> <path>',
  about: '',
  examples: [['sluice files chmod 755 /user/spark', 'rwxr-xr-x']],
  args: { mode: { type: 'positional', required: true, description: 'Octal: 755' }, path: PATH },
  run: async ({ mode, path }, context) => {
    if (!/^[0-7]{3,4}$/.test(mode)) throw usage(`"${mode}" is no octal mode such as 755.`)
    await using session = await openSession(context)
    const entry = await session.client.files.chmod({ path, mode: Number.parseInt(mode, 8) })
    return await answer(context, entry, () => listing([entry]))
  },
})

const chown = verb({
  usage: 'files chown <user[:group]> <path>',
  about: '',
  examples: [['sluice files chown spark:hadoop /user/spark', 'owner and group']],
  args: { owner: { type: 'positional', required: true, description: 'user, or user:group' }, path: PATH },
  run: async ({ owner, path }, context) => {
    const [user = '', group] = owner.split(':', 2)
    if (user === '' || group === '') throw usage(`"${owner}" is neither user nor user:group.`)
    await using session = await openSession(context)
    const entry = await session.client.files.chown({ path, owner: user, group })
    return await answer(context, entry, () => listing([entry]))
  },
})

const du = verb({
  usage: 'files du [path]',
  about: '',
  examples: [],
  args: { path: { type: 'positional', default: '/', description: 'A path of the lake (default: /)' } },
  run: async ({ path }, context) => {
    await using session = await openSession(context)
    const used = await session.client.files.du({ path })
    return await answer(
      context,
      used,
      () => `${used.path}  ${formatNumberOf(used.files, 'file')}  ${formatBytes(used.bytes)}\n`,
    )
  },
})

const VERBS: Readonly<Record<string, AnyVerb>> = { ls, cat, get, put, mkdir, mv, rm: remove, chmod, chown, du }

/** The command of this name under `files`. */
export function filesVerb(name: string): AnyVerb {
  const found = VERBS[name]
  if (!found) throw usage(`files ${name} is not known.`)
  return found
}
