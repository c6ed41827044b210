import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml'
import type { Finding, Problem } from './problem.ts'
import { keyText } from './problem.ts'
import { alignedOffset } from './scalar-source.ts'

/** A pipeline is a page or two. */
const MAX_CHARACTERS = 1024 * 1024
/** Aliases of aliases grow like powers; a pipeline needs a handful. */
const MAX_ALIASES = 100

/** A YAML text as read: its value, its own mistakes, and where everything stands. */
export interface YamlFile {
  /** undefined where `problems` say that it could not be read. */
  readonly value: unknown
  readonly problems: readonly Problem[]
  /** Gives a finding its line and column. */
  readonly locate: (finding: Finding) => Problem
}

/** Reads YAML 1.2 (with a BOM or not), bounded in size and in what aliases unfold to. Never throws. */
export function readYaml(text: string, file: string): YamlFile {
  try {
    return parse(text.replace(/^\uFEFF/, ''), file)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return unreadable(
      file,
      `This can't be read as YAML: ${why}.`,
      'Check brackets, quotes and aliases, and how deep it is nested.',
    )
  }
}

function parse(text: string, file: string): YamlFile {
  if (text.length > MAX_CHARACTERS) return unreadable(file, 'The file is larger than 1 MiB.', 'Split the pipeline.')
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' })
  const at = (offset: number): { line: number; column: number } => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(1, line), column: Math.max(1, col) }
  }
  const problems = document.errors.map((error): Problem => {
    const message = `${error.message.replace(/\.$/, '')}.`
    return { file, ...at(error.pos[0]), key: '', message, remedy: remedyOf(error.code), severity: 'error' }
  })
  const locate = (finding: Finding): Problem => {
    const { path, message, remedy, severity = 'error' } = finding
    return { file, ...at(offsetOf(document, finding, text)), key: keyText(path), message, remedy, severity }
  }
  const value: unknown = problems.length > 0 ? undefined : document.toJS({ maxAliasCount: MAX_ALIASES })
  return { value, problems, locate }
}

function unreadable(file: string, message: string, remedy: string): YamlFile {
  const problem: Problem = { file, line: 1, column: 1, key: '', message, remedy, severity: 'error' }
  const locate = ({ path, ...finding }: Finding): Problem => ({
    ...problem,
    key: keyText(path),
    message: finding.message,
    remedy: finding.remedy,
  })
  return { value: undefined, problems: [problem], locate }
}

function remedyOf(code: string): string {
  if (code === 'DUPLICATE_KEY') return 'Remove one of the two, or give it another name.'
  if (code === 'TAB_AS_INDENT') return 'Indent with blanks.'
  if (code === 'MULTIPLE_DOCS') return 'A file holds one pipeline: remove what stands after "---".'
  return 'Mend the YAML here; a text with ":" or "#" or brackets in it needs quotes.'
}

/** Where the finding is: the key or value of the longest part of its path that the file has. */
function offsetOf(document: Document, { path, at = 'value', offset }: Finding, text: string): number {
  let node: Node | undefined = document.contents ?? undefined
  let start = startOf(node, 0)
  for (const [i, part] of path.entries()) {
    const child = childOf(resolved(node, document), part)
    if (child === undefined) return start
    const wantsKey = at === 'key' && i === path.length - 1
    start = wantsKey || child.value === undefined ? child.key : startOf(child.value, child.key)
    node = child.value
  }
  return offset === undefined ? start : start + within(node, offset, text)
}

function childOf(node: Node | undefined, part: string | number): { key: number; value: Node | undefined } | undefined {
  if (isMap<Node, Node>(node)) {
    const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(part))
    return pair && { key: startOf(pair.key, 0), value: pair.value ?? undefined }
  }
  if (isSeq<Node>(node)) {
    const value = node.items[Number(part)]
    return value && { key: startOf(value, 0), value }
  }
  return undefined
}

function resolved(node: Node | undefined, document: Document): Node | undefined {
  return isAlias(node) ? (node.resolve(document) ?? undefined) : node
}

function startOf(node: Node | undefined, fallback: number): number {
  return node?.range?.[0] ?? fallback
}

/** From a place in a scalar's value to one in its source: they have the same characters but for blanks. 0: they have not. */
function within(node: Node | undefined, offset: number, text: string): number {
  if (!isScalar(node) || typeof node.value !== 'string' || !node.range) return 0
  const source = text.slice(node.range[0], node.range[1])
  return alignedOffset(source, node.value, offset)
}
