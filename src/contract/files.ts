import { eventIterator } from '@orpc/contract'
import { z } from 'zod'
import { procedure } from './procedure.ts'

const path = z.string().min(1).max(4096)

/** A file or folder of the lake. `modified` in ms since 1970, `mode` the permission bits. */
export const fileEntrySchema = z.object({
  name: z.string(),
  path: z.string(),
  kind: z.enum(['file', 'folder']),
  bytes: z.number(),
  modified: z.number(),
  owner: z.string(),
  group: z.string(),
  mode: z.number(),
})
export type FileEntry = z.infer<typeof fileEntrySchema>

/** Files and bytes below a path. */
export const usageSchema = z.object({ path: z.string(), files: z.number(), bytes: z.number() })
export type Usage = z.infer<typeof usageSchema>

/** `end` is exclusive. */
export const catSchema = z.object({
  path,
  start: z.number().int().nonnegative().optional(),
  end: z.number().int().nonnegative().optional(),
})
export type Cat = z.infer<typeof catSchema>

/** `file`: a file on the machine of the engine, absolute. `force`: what is there under `path` is removed first. */
export const putSchema = z.object({ path, file: z.string().min(1), force: z.boolean().optional() })
export type Put = z.infer<typeof putSchema>

const at = z.object({ path })

export const filesContract = {
  /** The entries of a folder by name; of a file, itself. */
  ls: procedure.input(at).output(z.array(fileEntrySchema)),
  stat: procedure.input(at).output(fileEntrySchema),
  /** The bytes of a file in order, as base64, at most 192 KiB each. */
  cat: procedure.input(catSchema).output(eventIterator(z.object({ base64: z.string() }))),
  put: procedure.input(putSchema).output(fileEntrySchema),
  mkdir: procedure.input(at).output(fileEntrySchema),
  /** Never overwrites. */
  mv: procedure.input(z.object({ from: path, to: path })).output(fileEntrySchema),
  /** A folder needs `recursive`. */
  rm: procedure.input(z.object({ path, recursive: z.boolean().optional() })).output(usageSchema),
  chmod: procedure.input(z.object({ path, mode: z.number().int().min(0).max(0o7777) })).output(fileEntrySchema),
  chown: procedure
    .input(z.object({ path, owner: z.string().min(1), group: z.string().min(1).optional() }))
    .output(fileEntrySchema),
  du: procedure.input(at).output(usageSchema),
}
