/** Marks the file as ours ("SLBR") in its header: PRAGMA application_id. */
export const APPLICATION_ID = 0x534c4252
/** The layout below. A file of a higher one was written by a newer Sluice. */
export const SCHEMA_VERSION = 1

/**
 * A batch's small columns stand
 * before its large ones: SQLite reads a large value's pages only to get at what is behind it. `running_max` is the
 * highest timestamp of the partition so far; it never falls, which makes finding an offset by time one index search.
 * `seal` and `crc` are checksums over the row (see sqlite-seal.ts).
 */
export const SCHEMA = `
CREATE TABLE topics (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  incarnation TEXT NOT NULL,
  partitions INTEGER NOT NULL,
  retention_bytes REAL,
  retention_ms REAL,
  seal INTEGER NOT NULL
) STRICT;

CREATE TABLE partitions (
  topic INTEGER NOT NULL,
  partition INTEGER NOT NULL,
  low INTEGER NOT NULL,
  high INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  running_max REAL,
  seal INTEGER NOT NULL,
  PRIMARY KEY (topic, partition)
) STRICT, WITHOUT ROWID;

CREATE TABLE batches (
  id INTEGER PRIMARY KEY,
  topic INTEGER NOT NULL,
  partition INTEGER NOT NULL,
  base INTEGER NOT NULL,
  count INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  timestamp REAL NOT NULL,
  running_max REAL NOT NULL,
  origin_topic TEXT,
  origin_partition INTEGER,
  crc INTEGER NOT NULL,
  timestamps BLOB,
  origin_offsets BLOB,
  exact BLOB,
  keys BLOB,
  ndjson BLOB NOT NULL,
  UNIQUE (topic, partition, base)
) STRICT;

CREATE INDEX batches_by_time ON batches (topic, partition, running_max, base, timestamp);

CREATE TABLE positions (
  name TEXT NOT NULL,
  topic INTEGER NOT NULL,
  partition INTEGER NOT NULL,
  next INTEGER NOT NULL,
  metadata TEXT NOT NULL,
  seal INTEGER NOT NULL,
  PRIMARY KEY (name, topic, partition)
) STRICT, WITHOUT ROWID;

CREATE TABLE writers (
  id TEXT PRIMARY KEY,
  epoch INTEGER NOT NULL,
  seal INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`
