import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { ColumnType, TopicShape } from '#engine/core/columns.ts'
import type { Transform } from '#engine/ports/transform.ts'
import { batchOf, SILENT_LOG } from '#engine/ports/transform-samples.contract.ts'
import golden from '#tests/fixtures/casting.json' with { type: 'json' }
import { duckdbTransform } from './duckdb-transform.ts'

const GOLDEN = z
  .record(z.string(), z.object({ accepts: z.array(z.tuple([z.string(), z.unknown()])), rejects: z.array(z.string()) }))
  .parse(golden)
const TYPES: readonly ColumnType[] = [
  'string',
  'int',
  'long',
  'double',
  'boolean',
  'timestamp',
  'date',
  'json',
  'decimal(5,2)',
  'decimal(38,10)',
  'decimal(10,0)',
]

let folder: string
let transform: Transform
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'casting-'))
  transform = await duckdbTransform.open({ folder }, { log: SILENT_LOG })
})
afterAll(async () => {
  await transform.close()
  await rm(folder, { recursive: true })
})

/** What became of each line's column `v`: its JSON, or that it was refused. */
async function castEach(
  type: ColumnType,
  lines: readonly string[],
  extra: TopicShape['columns'] = [],
): Promise<readonly string[]> {
  const shape: TopicShape = { topic: 't', columns: [{ name: 'v', type }, ...extra] }
  const parsed = await transform.parse(shape, batchOf(lines))
  const { ndjson, offsets } = await transform.rows([{ name: 'v', type }], { parsed, from: 0 })
  const values = Buffer.from(ndjson).toString().split('\n')
  const outcome = lines.map(() => 'lost')
  for (const { offset } of parsed.rejects) outcome[offset] = 'refused'
  offsets.forEach(
    (offset, at) =>
      (outcome[offset] = (outcome[offset] === 'lost' ? '' : 'twice ') + (values[at] ?? '').slice('{"v":'.length, -1)),
  )
  await parsed.release()
  return outcome
}

/** The ways in which a batch may be read, by what stands beside its lines. */
const READINGS: Readonly<Record<string, readonly string[]>> = {
  'in a clean batch': [],
  'beside a malformed line': ['{'],
  'beside a line with true and false': ['{"other":true,"v":null}', '{"other":false}'],
  'beside both': ['{"other":true}', '{'],
}

describe.each(TYPES)('%s', (type) => {
  const { accepts = [], rejects = [] } = GOLDEN[type] ?? {}

  it.each(Object.entries(READINGS))('takes every spelling of the golden file, %s', async (_, beside) => {
    const lines = accepts.map(([json]) => `{"v":${json}}`)
    const outcome = await castEach(type, [...beside, ...lines])
    const values = outcome
      .slice(beside.length)
      .map((text, at) => [accepts[at]?.[0], text === 'refused' ? text : readExact(text)])
    expect(values).toEqual(accepts)
  })

  it.each(Object.entries(READINGS))('refuses what is none, %s', async (_, beside) => {
    const outcome = await castEach(type, [...beside, ...rejects.map((json) => `{"v":${json}}`)])
    expect(outcome.slice(beside.length).map((text, at) => `${rejects[at]} ${text}`)).toEqual(
      rejects.map((json) => `${json} refused`),
    )
  })

  it('refuses each bad value also where it stands alone', async () => {
    for (const json of rejects) expect(await castEach(type, [`{"v":${json}}`]), json).toEqual(['refused'])
  })
})

/** JSON, with whole numbers beyond 2^53 as text. */
function readExact(text: string): unknown {
  const value: unknown = JSON.parse(text)
  return typeof value === 'number' &&
    Number.isInteger(value) &&
    !Number.isSafeInteger(value) &&
    !text.includes('.') &&
    !text.includes('e')
    ? text
    : value
}

const digits = fc.stringMatching(/^[0-9]{1,20}$/)
const numberText = fc
  .tuple(
    fc.constantFrom('', '-', '+'),
    fc.oneof(digits, fc.constantFrom('1_000', '2147483648', '0')),
    fc.constantFrom('', '.', '.0', '.5', '.125', '.000', '.1234567890123456789'),
    fc.constantFrom('', 'e3', 'E-2', 'e+400', 'e'),
  )
  .map((parts) => parts.join(''))
const timeText = fc
  .tuple(
    fc.constantFrom(
      '2026-11-22',
      '2026-02-30',
      '0000-01-01',
      '2026-1-5',
      '2026/01/05',
      '12026-01-01',
      '026-11-22',
      '-026-11-22',
      '0926-11-22',
      '0044-03-15 (BC)',
    ),
    fc.constantFrom('', 'T', ' ', 't', 'T ', 'T\t'),
    fc.constantFrom(
      '',
      '10:11',
      '10:11:12',
      '1:2:3',
      '24:00:00',
      '10:11:12.123456789',
      '10:11:12.1234567890123',
      '10:11:60',
      '1:11:12',
    ),
    fc.constantFrom('', 'Z', 'z', '+02:00', '-0530', ' +02', ' UTC', ' Europe/Paris', '+99:00'),
  )
  .map((parts) => parts.join(''))
const wordText = fc.constantFrom(
  'true',
  'FALSE',
  't',
  'yes',
  'on',
  'nan',
  'inf',
  '-Infinity',
  'epoch',
  'infinity',
  'today',
  'abc',
  '',
  ' ',
  'null',
  '0x10',
  '1d',
  '\u0000',
  'é😀',
)
const spaced = fc
  .tuple(
    fc.constantFrom('', ' ', '\t', '\u00a0', '\u2003'),
    fc.oneof(numberText, timeText, wordText, fc.string()),
    fc.constantFrom('', ' ', '\n'),
  )
  .map((parts) => parts.join(''))
const jsonNumber = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }).map(String),
  fc.integer().map(String),
  fc.constantFrom(
    '1e400',
    '-1e400',
    '1e-400',
    '12.0',
    '1e3',
    '-0',
    '0',
    '1',
    '9223372036854775807',
    '9223372036854775808',
    '1.005',
    '0.1000000000000000055511151231257827',
  ),
)
const jsonText = fc.oneof(
  spaced.map((text) => JSON.stringify(text)),
  jsonNumber,
  fc.constantFrom('true', 'false', 'null', '[]', '{}', '[1]', '{"v":1}', 'NaN', 'nan', '-inf'),
  fc.json(),
)

it.each(TYPES)('reads %s the same on the fast way and by the exact rules', async (type) => {
  // "+1" is an int that only the exact rules take: it sends the whole row that way.
  const force = { name: 'force', type: 'int' } as const
  await fc.assert(
    fc.asyncProperty(fc.array(jsonText, { minLength: 1, maxLength: 300, size: 'max' }), async (values) => {
      const lines = (spelling: string): string[] =>
        values.map((json) => `{"v":${json.replaceAll('\n', ' ')},"force":${spelling}}`)
      expect(await castEach(type, lines('1'), [force])).toEqual(await castEach(type, lines('"+1"'), [force]))
    }),
    { numRuns: 20 },
  )
})
