import { sqlTokens, type SqlToken } from '#engine/core/sql-tokens.ts'

/**
 * The top-level AND terms of a condition, as written, in order. `a BETWEEN 1 AND 2 AND b` has two, `a OR b AND c` is one
 * term, brackets around the whole are opened.
 */
export function clausesOf(sql: string): readonly string[] {
  return split(
    sql,
    sqlTokens(sql).filter(({ kind }) => kind !== 'comment'),
  )
}

function split(sql: string, tokens: readonly SqlToken[]): readonly string[] {
  const inner = unwrapped(tokens)
  if (inner !== undefined) return split(sql, inner)
  const levels = depths(tokens)
  const atTop = (word: string) => (token: SqlToken, i: number) => levels[i] === 0 && isWord(token, word)
  if (tokens.some(atTop('or'))) return [textOf(sql, tokens)]
  const terms: SqlToken[][] = [[]]
  let between = false
  for (const [i, token] of tokens.entries()) {
    const isAnd = atTop('and')(token, i)
    if (isAnd && !between) terms.push([])
    else terms.at(-1)?.push(token)
    if (isAnd) between = false
    else if (atTop('between')(token, i)) between = true
  }
  return terms.length === 1 ? [textOf(sql, tokens)] : terms.flatMap((term) => split(sql, term))
}

/** How deep each token lies in brackets and CASE … END. */
function depths(tokens: readonly SqlToken[]): readonly number[] {
  let depth = 0
  return tokens.map((token) => {
    if (token.text === ')' || isWord(token, 'end')) depth -= 1
    const own = depth
    if (token.text === '(' || isWord(token, 'case')) depth += 1
    return own
  })
}

/** What stands within a pair of brackets around all of it. */
function unwrapped(tokens: readonly SqlToken[]): readonly SqlToken[] | undefined {
  if (tokens.length < 3 || tokens[0]?.text !== '(' || tokens.at(-1)?.text !== ')') return undefined
  const levels = depths(tokens)
  return levels.slice(1, -1).every((depth) => depth > 0) ? tokens.slice(1, -1) : undefined
}

function textOf(sql: string, tokens: readonly SqlToken[]): string {
  return sql.slice(tokens[0]?.start ?? 0, tokens.at(-1)?.end ?? 0).replace(/\s+/g, ' ')
}

function isWord(token: SqlToken, word: string): boolean {
  return token.kind === 'word' && token.text.toLowerCase() === word
}
