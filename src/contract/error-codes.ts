/** What every error of Sluice looks like to a user: the cause in a few words, and what to do now. */
export interface ErrorEntry {
  readonly cause: string
  readonly remedy: string
  /** The process exit code that fits: 1 failed, 2 the call or the file was wrong. */
  readonly exit: 1 | 2
}

/** One row per error code. A test checks that every code thrown in `src` stands here, and that none is unused. */
export const ERROR_CODES = {
  USAGE: { cause: 'The command was not understood.', remedy: 'See `sluice help`.', exit: 2 },
  PIPELINE_INVALID: {
    cause: 'The pipeline file has mistakes.',
    remedy: 'Mend the lines named, then `sluice validate <file>`.',
    exit: 2,
  },
  PIPELINE_UNKNOWN: {
    cause: 'No pipeline has this name.',
    remedy: '`sluice status` lists them; a path works too.',
    exit: 2,
  },
  KIND_LATER: {
    cause: 'This kind is parsed, but its job is not built yet.',
    remedy: 'Remove it, or wait for a later version.',
    exit: 2,
  },
  FILE_UNREADABLE: { cause: 'A file cannot be read.', remedy: 'Check the path and its permissions.', exit: 2 },
  TOPIC_UNKNOWN: { cause: 'No topic has this name.', remedy: '`sluice topics` lists them.', exit: 1 },
  TOPIC_EXISTS: {
    cause: 'A topic of this name exists with other settings.',
    remedy: 'Use its settings, or delete it first.',
    exit: 1,
  },
  TOPIC_REMADE: {
    cause: 'The topic was made again since its files were written.',
    remedy: 'File it as a new incarnation with `sluice replay`, or `sluice reset`.',
    exit: 1,
  },
  OFFSET_OUT_OF_RANGE: {
    cause: 'The records asked for are not there (any more).',
    remedy: 'Rebuild or reset this reader.',
    exit: 1,
  },
  RECORD_TOO_LARGE: {
    cause: 'A record is larger than the broker can hold.',
    remedy: 'File large content in the lake, and send its path.',
    exit: 1,
  },
  FENCED: { cause: 'Another writer took over.', remedy: 'Nothing to do: the other one goes on.', exit: 1 },
  POSITION_LOST: {
    cause: 'A writer has records in its output but no position.',
    remedy: 'Reset the pipeline, so that both start again.',
    exit: 1,
  },
  SOURCE_CHANGED: {
    cause: 'The source file is not the one that was read so far.',
    remedy: 'Put the old file back, or reset the producer and read the new one from its start.',
    exit: 1,
  },
  FILE_EXISTS: {
    cause: 'There is a file of this name already.',
    remedy: 'Choose another name, or remove it first.',
    exit: 1,
  },
  FILE_UNKNOWN: {
    cause: 'There is no such file or folder in the lake.',
    remedy: 'List the parent with `sluice files ls`.',
    exit: 1,
  },
  PATH_REFUSED: {
    cause: 'This path is not inside the lake.',
    remedy: 'Give an absolute path of the lake without `..`.',
    exit: 2,
  },
  LOG_DAMAGED: {
    cause: 'The commit log of a sink is damaged.',
    remedy: 'Restore the file named, or reset the sink.',
    exit: 1,
  },
  STORE_DAMAGED: { cause: 'A store of Sluice is damaged.', remedy: 'Restore it from a backup, or reset.', exit: 1 },
  DISK_FULL: { cause: 'The disk is full.', remedy: 'Make room; the work goes on by itself.', exit: 1 },
  SQL_REFUSED: {
    cause: 'This SQL is not allowed here.',
    remedy: 'Only SELECT, EXPLAIN, DESCRIBE and SHOW over the tables.',
    exit: 2,
  },
  SQL_FAILED: { cause: 'The SQL has a mistake.', remedy: 'Mend it at the place named.', exit: 1 },
  TABLE_UNKNOWN: { cause: 'No table has this name.', remedy: '`sluice query "SHOW TABLES"` lists them.', exit: 1 },
  SCHEMA_CHANGED: {
    cause: 'A column was changed or removed while files with the old one exist.',
    remedy: 'Give the sink a new path, or reset it.',
    exit: 1,
  },
  ENGINE_RUNNING: {
    cause: 'Another engine has this data folder open.',
    remedy: 'Use that one (the same command without `--home`), stop it, or choose another `--home`.',
    exit: 1,
  },
  ENGINE_ABSENT: {
    cause: 'No engine is running on this data folder.',
    remedy: 'Start one: `sluice run <pipeline>`.',
    exit: 1,
  },
  ENGINE_UNKNOWN: { cause: 'No engine has this name.', remedy: 'Use `--engine embedded`.', exit: 2 },
  NOT_CONNECTED: { cause: 'A part of the engine cannot be reached.', remedy: 'Trying again by itself.', exit: 1 },
  JOB_FAILED: { cause: 'A job stopped for good.', remedy: 'Its log says why: `sluice logs <job>`.', exit: 1 },
  CANCELLED: { cause: 'It was cancelled.', remedy: 'Run it again when you want it.', exit: 1 },
  INTERNAL: { cause: 'Something went wrong inside Sluice.', remedy: 'Please report it with the log.', exit: 1 },
} as const satisfies Record<string, ErrorEntry>

export type ErrorCode = keyof typeof ERROR_CODES
