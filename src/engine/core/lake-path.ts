import { SluiceError } from './sluice-error.ts'

const LONGEST_PART = 255
const LONGEST_PATH = 4000
// NUL and control characters, backslash (a separator on Windows), colon (HDFS has none in names, Windows opens streams by it).
// eslint-disable-next-line no-control-regex
const FORBIDDEN = /[\u0000-\u001f\u007f\\:]/u

/**
 * The parts of a path of the lake: `['data', 'all']` of "/data/all", none of "/". One slash at the end is allowed. PATH_REFUSED
 * for anything that could mean a place outside the lake, or another place on another store: relative paths, ".", "..",
 * also percent-encoded (however often) or in look-alike characters, empty parts, backslashes, colons, control characters.
 */
export function lakeParts(path: string): readonly string[] {
  if (!path.startsWith('/')) throw refused(path, 'it does not start with "/"')
  if (path === '/') return []
  if (path.length > LONGEST_PATH) throw refused(`${path.slice(0, 80)}…`, 'it is too long')
  const parts = (path.endsWith('/') ? path.slice(1, -1) : path.slice(1)).split('/')
  for (const part of parts) {
    const fault = faultOf(part)
    if (fault) throw refused(path, fault)
  }
  return parts
}

/** The one spelling of a path of the lake: "/" and its parts, no slash at the end. PATH_REFUSED as `lakeParts`. */
export function lakePath(path: string): string {
  return `/${lakeParts(path).join('/')}`
}

/** A path and names below it, joined. */
export function joinLakePath(path: string, ...names: readonly string[]): string {
  const below = names.filter((name) => name !== '').join('/')
  if (below === '') return path
  return path === '/' ? `/${below}` : `${path}/${below}`
}

function faultOf(part: string): string | undefined {
  if (part === '') return 'it has an empty part'
  if (new TextEncoder().encode(part).length > LONGEST_PART) return 'a part of it is longer than 255 bytes'
  if (FORBIDDEN.test(part)) return 'it has a backslash, a colon or a control character'
  if (!part.isWellFormed()) return 'it is no valid Unicode'
  return spellings(part).some(leaves) ? 'it has a part that leads elsewhere' : undefined
}

/** A part as others may read it: folded to plain characters, and with each layer of percent-encoding taken off. */
function spellings(part: string): readonly string[] {
  const found = [part, part.normalize('NFKC')]
  for (let text = part; text.includes('%'); ) {
    const decoded = text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    if (decoded === text) break
    found.push(decoded)
    text = decoded
  }
  return found
}

function leaves(part: string): boolean {
  return part === '.' || part === '..' || part.includes('/') || FORBIDDEN.test(part)
}

function refused(path: string, why: string): SluiceError {
  return new SluiceError('PATH_REFUSED', `"${path}" is no path of the lake: ${why}.`)
}
