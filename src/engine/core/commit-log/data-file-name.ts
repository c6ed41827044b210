/** A data file of a lake sink, as its name tells: records [first, last] of a topic partition, filed by entry `n`. */
export interface DataFileName {
  readonly topic: string
  readonly partition: number
  readonly first: number
  /** Inclusive. */
  readonly last: number
  /** The number of the entry that filed it, so that no name is ever used twice. */
  readonly n: number
  readonly format: 'parquet' | 'json'
}

const OFFSET_DIGITS = 20
const PATTERN = /^(.+)-(0|[1-9]\d*)-(\d{20})-(\d{20})-(0|[1-9]\d*)\.(parquet|json)$/

/** `<topic>-<partition>-<first>-<last>-<n>.<format>`, offsets padded to 20 digits: by name is by offset. */
export function dataFileName(file: DataFileName): string {
  const range = `${padded(file.first)}-${padded(file.last)}`
  return `${file.topic}-${file.partition}-${range}-${file.n}.${file.format}`
}

/** What a name tells (topics may hold dashes and dots), or undefined for a file that isn't ours. */
export function parseDataFileName(name: string): DataFileName | undefined {
  const [, topic, partition, first, last, n, format] = PATTERN.exec(name) ?? []
  if (topic === undefined || hidden(topic)) return undefined
  const file = { topic, partition: Number(partition), first: Number(first), last: Number(last), n: Number(n) }
  if (file.first > file.last || ![file.last, file.n, file.partition].every(Number.isSafeInteger)) return undefined
  return { ...file, format: format === 'json' ? 'json' : 'parquet' }
}

/** Whether readers pass over a name, as Hive does: temporary and private files start with "." or "_". */
export function hidden(name: string): boolean {
  return name.startsWith('.') || name.startsWith('_')
}

function padded(offset: number): string {
  return String(offset).padStart(OFFSET_DIGITS, '0')
}
