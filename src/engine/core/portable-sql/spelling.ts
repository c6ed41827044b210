import { sqlTokens, type SqlToken } from '#engine/core/sql-tokens.ts'
import type { SqlFinding } from './judge.ts'

/** What only the text shows: spellings that give the same tree as a portable one, but that not every engine reads. */
export function checkSpelling(sql: string): readonly SqlFinding[] {
  const tokens = sqlTokens(sql)
  return tokens.flatMap((token, i) => {
    const words = objection(token, tokens[i - 1], tokens[i + 1])
    return words === undefined ? [] : [{ message: words[0], remedy: words[1], position: token.start }]
  })
}

type Neighbour = SqlToken | undefined

const SYMBOLS: Readonly<Record<string, readonly [string, string]>> = {
  '::': [':: is not portable.', 'Write CAST(x AS type).'],
  $: ['$ is not portable.', "Write texts in '…'."],
  ';': ['A ";" ends a statement.', 'Leave it out.'],
}

function objection(token: SqlToken, before: Neighbour, after: Neighbour): readonly [string, string] | undefined {
  if (token.kind === 'symbol') return SYMBOLS[token.text]
  if (token.kind === 'string') return prefixed(token, before)
  return token.kind === 'word' ? aboutWord(token, before, after) : undefined
}

/** E'…', X'…' and their like. */
function prefixed(token: SqlToken, before: Neighbour): readonly [string, string] | undefined {
  if (before?.kind !== 'word' || before.end !== token.start) return undefined
  return [`${before.text}'…' is not portable.`, "Write texts in '…', with a blank before."]
}

function aboutWord(token: SqlToken, before: Neighbour, after: Neighbour): readonly [string, string] | undefined {
  const word = token.text.toLowerCase()
  if (word === 'ifnull' && after?.text === '(') return ['ifnull is not portable.', 'Write coalesce(a, b).']
  const isType = before?.text.toLowerCase() === 'as' && isTypeEnd(after)
  if (!isType || (word !== 'varchar' && word !== 'text')) return undefined
  return [`Hive has no plain ${token.text}.`, 'Write CAST(x AS STRING).']
}

/** A type ends at the bracket of its CAST; an alias is followed by a comma or the next clause. */
function isTypeEnd(after: Neighbour): boolean {
  return after === undefined || after.text === ')' || after.text === '('
}
