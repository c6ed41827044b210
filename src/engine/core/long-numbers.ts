const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g
const LONG_NUMBER = /^-?[0-9][0-9.eE+-]{15,}$/

/**
 * A line of JSON in which the long numbers of these members of the outermost object are put in quotes, digits as they
 * are: most readers make doubles of numbers, which hold 15 digits. A line that is no JSON comes back as it may.
 */
export function quoteLongNumbers(line: string, members: ReadonlySet<string>): string {
  let depth = 0
  let member = ''
  let before = ''
  return line.replace(TOKEN, (token: string) => {
    const isValue = before === ':'
    before = token
    depth += stepOf(token)
    if (depth !== 1) return token
    if (!isValue && token.startsWith('"')) member = nameOf(token)
    return isValue && members.has(member) && LONG_NUMBER.test(token) ? `"${token}"` : token
  })
}

function stepOf(token: string): number {
  if (token === '{' || token === '[') return 1
  return token === '}' || token === ']' ? -1 : 0
}

function nameOf(token: string): string {
  try {
    return String(JSON.parse(token))
  } catch {
    // A name that is no JSON string is the name of none of our columns.
    return ''
  }
}
