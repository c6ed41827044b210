/** A node of a serialized syntax tree: read defensively, for it comes from another's serializer. */
export type SyntaxNode = { readonly [key: string]: unknown }

/** The value as a node; an empty one where it is none. */
export function asNode(value: unknown): SyntaxNode {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
}

/** The nodes of a list; none where it is no list. */
export function nodesIn(value: unknown): readonly SyntaxNode[] {
  return Array.isArray(value) ? value.map(asNode) : []
}

export function text(node: SyntaxNode, key: string): string {
  const value = node[key]
  return typeof value === 'string' ? value : ''
}

/** 0-based offset in characters of the SQL; undefined where the tree says nothing (what the parser put in). */
export function location(node: SyntaxNode): number | undefined {
  const at = node['query_location']
  return typeof at === 'number' && Number.isSafeInteger(at) ? at : undefined
}

export function isColumn(node: SyntaxNode): boolean {
  return node['class'] === 'COLUMN_REF'
}

/** The parts of a column's name, qualifier first. */
export function columnParts(node: SyntaxNode): readonly string[] {
  const names = node['column_names']
  return Array.isArray(names) ? names.map(String) : []
}

/** The node and every node below it. */
export function* walk(value: unknown): Generator<SyntaxNode> {
  if (typeof value !== 'object' || value === null) return
  if (!Array.isArray(value)) yield asNode(value)
  for (const child of Object.values(value)) yield* walk(child)
}

/** Equal for nodes that say the same, wherever they stand in the text. */
export function fingerprint(node: SyntaxNode): string {
  return JSON.stringify(node, (key, value: unknown) => {
    if (key === 'query_location' || key === 'alias') return undefined
    return key === 'column_names' && Array.isArray(value) ? String(value.at(-1)).toLowerCase() : value
  })
}
