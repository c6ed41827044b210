import type { LogName } from '#engine/core/commit-log/log-paths.ts'
import { type MergePlan, mergePlan } from '#engine/core/commit-log/merge.ts'
import { faultPoint } from '#engine/core/fault-point.ts'
import { joinLakePath } from '#engine/core/lake-path.ts'
import { SluiceError } from '#engine/core/sluice-error.ts'
import type { Log } from '#engine/ports/adapter.ts'
import type { Lake } from '#engine/ports/lake.ts'
import type { FileProgram, Transform, WrittenFile } from '#engine/ports/transform.ts'
import type { CommitLog } from './commit-log-runner.ts'
import { withLocalCopies } from './local-copies.ts'
import { standingFiles } from './standing-files.ts'

export interface MergeParts {
  readonly name: LogName
  readonly program: FileProgram
  readonly commitLog: Pick<CommitLog, 'merge'>
  readonly lake: Lake
  readonly transform: Pick<Transform, 'concat'>
  /** Of the transform. */
  readonly tempFolder: string
  readonly signal: AbortSignal
  readonly log: Log
}

export interface WhatToMerge {
  /** Folders that sort before it have ended. */
  readonly openFolder: string
  /** Those in which to look; "": all. */
  readonly folders: readonly string[]
}

/** One merge at a time in this process: it takes a core, memory and room in the temporary folder. */
let turn: Promise<unknown> = Promise.resolve()

/**
 * Puts one file in the place of the many small ones that commits left in folders that have ended. Files are made beside
 * commits; only the entry waits for its turn in the log. Answers the folders where that couldn't be done: what can't be
 * read, a damaged file say, is logged and left as it is. Rejects as the log does: FENCED (retryable) where another writer
 * has it. The signal ends it early.
 */
export async function mergeEnded(parts: MergeParts, what: WhatToMerge): Promise<readonly string[]> {
  const plans = await plansOf(parts, what)
  if (!plans) return what.folders
  const left = new Set<string>()
  for (const plan of plans) {
    const file = await inTurn(() => mergedFile(parts, plan))
    if (file) await fileMerged(parts, plan, file)
    else left.add(plan.folder)
  }
  return [...left]
}

async function plansOf({ lake, name, log }: MergeParts, what: WhatToMerge): Promise<readonly MergePlan[] | undefined> {
  try {
    return mergePlan(await standingFiles(lake, name, what.folders), what.openFolder)
  } catch (error) {
    log.warn({ err: error, path: name.path }, 'ended folders could not be looked at; trying again later')
    return undefined
  }
}

/** Undefined where it can't be made, or isn't wanted any more. */
async function mergedFile(parts: MergeParts, { folder, files }: MergePlan): Promise<WrittenFile | undefined> {
  const { name, lake, transform, program, tempFolder, signal, log } = parts
  if (signal.aborted) return undefined
  const paths = files.map(({ path }) => joinLakePath(name.path, path))
  try {
    return await withLocalCopies(lake, { paths, folder: tempFolder, signal }, (copies) => {
      faultPoint('transform')
      return transform.concat(program, copies, signal)
    })
  } catch (error) {
    if (!signal.aborted)
      log.warn({ err: error, path: name.path, folder }, 'an ended folder could not be merged; trying again later')
    return undefined
  }
}

async function fileMerged({ commitLog, name, log }: MergeParts, plan: MergePlan, made: WrittenFile): Promise<void> {
  const { folder, first, last, files } = plan
  const removes = files.map(({ path }) => path)
  const done = await commitLog.merge({ first, last, file: { ...made, folder }, removes })
  if (done === 'fenced') {
    throw new SluiceError('FENCED', `merging files of ${name.topic} in ${name.path}/${folder}`, { retryable: true })
  }
  log.debug({ topic: name.topic, folder, files: files.length, rows: made.rows }, 'merged')
}

function inTurn<T>(act: () => Promise<T>): Promise<T> {
  const done = turn.then(act)
  turn = done.catch(() => undefined)
  return done
}
