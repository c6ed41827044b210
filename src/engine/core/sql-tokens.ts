/** A piece of SQL text. `end` is exclusive. Blanks are left out. */
export interface SqlToken {
  readonly kind: 'word' | 'quoted' | 'string' | 'number' | 'comment' | 'symbol'
  readonly text: string
  readonly start: number
  readonly end: number
}

const TOKEN = new RegExp(
  [
    String.raw`(?<string>'(?:[^']|'')*'?)`,
    String.raw`(?<quoted>"(?:[^"]|"")*"?)`,
    String.raw`(?<comment>--[^\n]*|/\*[\s\S]*?(?:\*/|$))`,
    String.raw`(?<word>[\p{L}_][\p{L}\p{N}_$]*)`,
    String.raw`(?<number>\p{N}[\p{L}\p{N}_.]*)`,
    String.raw`(?<symbol>::|\|\||<>|<=|>=|!=|//|\*\*|\{now\}|\S)`,
  ].join('|'),
  'gu',
)

/** Splits SQL into tokens. Never fails: what is left open ends with the text. */
export function sqlTokens(sql: string): readonly SqlToken[] {
  return [...sql.matchAll(TOKEN)].map((match) => {
    const kind = KINDS.find((name) => match.groups?.[name] !== undefined) ?? 'symbol'
    return { kind, text: match[0], start: match.index, end: match.index + match[0].length }
  })
}

const KINDS = ['string', 'quoted', 'comment', 'word', 'number', 'symbol'] as const
