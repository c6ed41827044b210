import type { z } from 'zod'
import type { Finding, KeyPath } from './problem.ts'
import { keyText } from './problem.ts'
import { descriptionAt, keysAt } from './schema-walk.ts'
import { suggestion } from '#engine/core/suggest.ts'

type Issue = z.core.$ZodIssue

/** What zod found, in words, each at its key. */
export function schemaFindings(schema: z.ZodType, issues: readonly Issue[]): readonly Finding[] {
  return issues.flatMap((issue) => findingsOf(schema, issue, []))
}

function findingsOf(schema: z.ZodType, issue: Issue, above: KeyPath): readonly Finding[] {
  const path = [...above, ...issue.path.map((part) => (typeof part === 'number' ? part : String(part)))]
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(schema, path, key))
  if (issue.code === 'invalid_union') return unionFindings(schema, issue, path)
  if (issue.code === 'invalid_key') return [badName(path, issue.issues[0])]
  const words = predicate(issue)
  const message = `${subject(path)}${words.startsWith('"') ? ': ' : ' '}${words}.`
  return [{ path, message, remedy: givenRemedy(issue) ?? about(schema, path), ...place(issue) }]
}

function unknownKey(schema: z.ZodType, path: KeyPath, key: string): Finding {
  const where = path.length === 0 ? 'a pipeline' : keyText(path)
  const remedy = suggestion(key, keysAt(schema, path), 'Keys here')
  return { path: [...path, key], at: 'key', message: `${where} has no key "${key}".`, remedy }
}

function badName(path: KeyPath, why: Issue | undefined): Finding {
  const remedy = (why && givenRemedy(why)) ?? 'Choose another name.'
  return { path, at: 'key', message: `The name "${path.at(-1)}" ${why?.message ?? 'is not allowed'}.`, remedy }
}

/** The alternative that the value was meant to be: the one whose kind fits, if there is one. */
function unionFindings(schema: z.ZodType, issue: Issue & { code: 'invalid_union' }, path: KeyPath): readonly Finding[] {
  const meant = issue.errors.find((found) => !found.some((inner) => inner.path.length === 0 && isKind(inner)))
  if (meant !== undefined) return meant.flatMap((inner) => findingsOf(schema, inner, path))
  const isMissing = issue.input === undefined
  const message = `${subject(path)} ${isMissing ? 'is missing' : 'is of the wrong kind'}.`
  return [{ path, message, remedy: about(schema, path), ...(isMissing ? { at: 'key' } : {}) }]
}

/** What the nearest key that is described says of itself. */
function about(schema: z.ZodType, path: KeyPath): string {
  const described = path.map((_, i) => descriptionAt(schema, path.slice(0, path.length - i)))
  return described.find((text) => text !== undefined) ?? 'See docs/pipelines.md.'
}

function isKind(issue: Issue): boolean {
  return issue.code === 'invalid_type' || issue.code === 'invalid_value'
}

function subject(path: KeyPath): string {
  return path.length === 0 ? 'The file' : keyText(path)
}

function predicate(issue: Issue): string {
  if (issue.code === 'invalid_type') return typeWords(issue)
  if (issue.code === 'invalid_value')
    return `must be ${issue.values
      .map(String)
      .join(', ')
      .replace(/, ([^,]*)$/, ' or $1')}`
  if (issue.code === 'too_small')
    return `must ${bounds(issue.origin)} ${issue.inclusive ? 'at least' : 'more than'} ${counted(issue.minimum, issue.origin)}`
  if (issue.code === 'too_big')
    return `must ${bounds(issue.origin)} ${issue.inclusive ? 'at most' : 'less than'} ${counted(issue.maximum, issue.origin)}`
  return issue.message
}

function bounds(origin: string): string {
  return origin === 'string' || origin === 'array' ? 'have' : 'be'
}

function counted(limit: number | bigint, origin: string): string {
  const noun = { string: ' character', array: ' item' }[origin]
  return noun === undefined ? `${limit}` : `${limit}${noun}${Number(limit) === 1 ? '' : 's'}`
}

const KINDS: Readonly<Record<string, string>> = {
  object: 'a map of keys',
  record: 'a map of names',
  array: 'a list',
  tuple: 'a list',
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
}

function typeWords(issue: Issue & { code: 'invalid_type' }): string {
  if (issue.input === undefined) return 'is missing'
  return `must be ${KINDS[issue.expected] ?? issue.expected}`
}

/** What isn't there has the place of what it is missing in: its key. */
function place(issue: Issue): Pick<Finding, 'at'> {
  return issue.code === 'invalid_type' && issue.input === undefined ? { at: 'key' } : {}
}

function givenRemedy(issue: Issue): string | undefined {
  if (!('params' in issue)) return undefined
  const { params } = issue
  return typeof params === 'object' && params !== null && 'remedy' in params ? String(params.remedy) : undefined
}
