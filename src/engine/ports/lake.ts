export interface LakeEntry {
  /** The last part of the path. */
  readonly name: string
  /** Absolute in the lake: starts with "/", no ".", "..", or empty part. */
  readonly path: string
  readonly kind: 'file' | 'folder'
  readonly bytes: number
  /** Milliseconds since 1970 UTC. */
  readonly modified: number
  readonly owner: string
  readonly group: string
  /** The permission bits, e.g. 0o755. */
  readonly mode: number
}

export interface ByteRange {
  readonly start: number
  /** Exclusive. */
  readonly end: number
}

/**
 * A store of files under absolute paths ("/data/space/all"). Paths that leave it are PATH_REFUSED before anything is
 * touched; links in it are not followed. Errors: FILE_UNKNOWN, FILE_EXISTS, PATH_REFUSED, DISK_FULL and NOT_CONNECTED
 * (both retryable).
 */
export interface Lake extends AsyncDisposable {
  /** The entries of a folder, by name. FILE_UNKNOWN where there is none. */
  list(path: string): Promise<readonly LakeEntry[]>
  stat(path: string): Promise<LakeEntry | undefined>
  /** The bytes of a file, or of a range of it. */
  open(path: string, range?: ByteRange): Promise<AsyncIterable<Uint8Array>>
  /** The whole of a small file. FILE_UNKNOWN where there is none. */
  read(path: string): Promise<Uint8Array>

  /** A new file, its parents made if need be. Durable under its whole content when it resolves; never overwrites. */
  create(path: string, content: AsyncIterable<Uint8Array> | Uint8Array): Promise<void>
  /** As `create`, from a local file, which is gone afterwards. */
  adopt(path: string, localFile: string): Promise<void>
  /**
   * Puts a small file as one act: true if it is there under my content, durably; false if another was there first (a
   * lost answer is settled by reading). Parents must be there (FILE_UNKNOWN): a reset log is not founded again by it.
   */
  putIfAbsent(path: string, content: Uint8Array): Promise<boolean>
  /** Moves a file or folder; parents of `to` are made. Never overwrites: FILE_EXISTS. Durable when it resolves. */
  rename(from: string, to: string): Promise<void>
  /** Removes a file, or a folder with all in it. Removing what isn't there is done already. */
  remove(path: string): Promise<void>
  mkdirs(path: string): Promise<void>
  setMode(path: string, mode: number): Promise<void>
  setOwner(path: string, owner: string, group: string): Promise<void>
  /** Files and bytes below a path. */
  usage(path: string): Promise<{ readonly files: number; readonly bytes: number }>
  /** Idempotent. */
  close(): Promise<void>
}
