import { isUtf8 } from 'node:buffer'
import type { Column } from '#engine/core/columns.ts'
import type { csvSchema } from '#engine/core/pipeline/producer-schema.ts'
import { SluiceError } from '#engine/core/sluice-error.ts'
import type { ProducerContext } from '#engine/ports/producer.ts'
import type { z } from 'zod'
import { csvColumns } from './csv-columns.ts'
import { detectDelimiter, splitFields } from './csv-dialect.ts'
import type { CsvLayout } from './csv-encoder.ts'
import { CsvScanner } from './csv-scanner.ts'
import type { FileWindow } from './file-window.ts'

export type CsvSettings = z.output<typeof csvSchema>

const UTF8_MARK = Buffer.from('\uFEFF')
const UTF16_MARKS = [Buffer.from([0xff, 0xfe]), Buffer.from([0xfe, 0xff])]
const HEADER_LIMIT = 1024 * 1024

/** How a file is to be read, and where its records start. */
export interface CsvOpening {
  readonly layout: CsvLayout
  /** The byte after the header's line and its line end; after the byte order mark where there is no header. */
  readonly start: number
}

/** Reads the beginning of a file: its byte order mark, delimiter and header. FILE_UNREADABLE where it can't be a CSV. */
export async function openCsvLayout(
  window: FileWindow,
  settings: CsvSettings,
  context: ProducerContext,
): Promise<CsvOpening> {
  const first = await firstRecord(window)
  const delimiter = settings.delimiter ?? detectDelimiter(first.text)
  const header = settings.columns ?? splitFields(first.text, delimiter)
  if (!settings.columns && first.text.trim() === '') throw unreadable(window, 'it has no header line')
  const names = namesOf(header, window, context)
  const key = context.key === undefined ? -1 : names.indexOf(context.key)
  const layout = {
    names,
    delimiter: delimiter.charCodeAt(0),
    encoding: encodingOf(settings.encoding),
    types: settings.types ?? {},
    ...(key >= 0 && { key }),
  }
  return { layout, start: settings.columns ? first.start : first.next }
}

interface FirstRecord {
  readonly text: string
  readonly start: number
  readonly next: number
}

async function firstRecord(window: FileWindow): Promise<FirstRecord> {
  const scanner = new CsvScanner(-1)
  await window.more()
  const start = markEnd(window)
  while (scanner.scanLine(window, start) !== 'record') {
    if (window.last || window.bytes.length > HEADER_LIMIT) return { text: '', start, next: start }
    await window.more()
  }
  const bytes = window.bytes.subarray(start, scanner.end)
  if (bytes.includes(0)) throw utf16(window)
  const text = isUtf8(bytes) ? bytes.toString('utf8') : new TextDecoder('windows-1252').decode(bytes)
  return { text, start, next: scanner.next }
}

function markEnd(window: FileWindow): number {
  const startsWith = (mark: Buffer) => window.bytes.subarray(0, mark.length).equals(mark)
  if (UTF16_MARKS.some(startsWith)) throw utf16(window)
  return startsWith(UTF8_MARK) ? UTF8_MARK.length : 0
}

function namesOf(
  header: readonly string[],
  window: FileWindow,
  { columns, topic, log }: ProducerContext,
): readonly string[] {
  const { names, missing, extra, twice } = csvColumns(header, columns)
  const required = missing.filter((column: Column) => column.required)
  if (required.length > 0) {
    const wanted = required.map(({ name }) => name).join(', ')
    throw unreadable(window, `it has no column ${wanted}, and ${topic} requires it`, {
      remedy: `Name the column so in the file's header (it has: ${names.join(', ')}), or don't require it.`,
    })
  }
  if (twice.length > 0) throw unreadable(window, `two of its columns are called ${twice.join(', ')}`)
  const file = window.file
  if (missing.length > 0)
    log.warn({ file, columns: missing.map(({ name }) => name) }, `the file lacks columns of ${topic}`)
  if (extra.length > 0) log.info({ file, columns: extra }, `the file has columns that ${topic} doesn't declare`)
  return names
}

function encodingOf(encoding: CsvSettings['encoding']): CsvLayout['encoding'] {
  // As browsers do: what is called Latin-1 is Windows-1252 in practice, and the same where it isn't.
  return encoding === 'latin1' ? 'windows-1252' : (encoding ?? 'auto')
}

function utf16(window: FileWindow): SluiceError {
  return unreadable(window, 'it is UTF-16', {
    remedy: 'Save it as UTF-8, or convert it: `iconv -f UTF-16 -t UTF-8 <file>`.',
  })
}

function unreadable(window: FileWindow, why: string, options: { readonly remedy?: string } = {}): SluiceError {
  return new SluiceError('FILE_UNREADABLE', `reading ${window.file}: ${why}`, options)
}
