import type { JsonSchema } from './json-schema.ts'

/** The keys of a pipeline as Markdown: a heading for each section, a row for each key, deeper keys by their path. */
export function pipelineReference(schema: JsonSchema): string {
  const properties = Object.entries(schema.properties ?? {})
  const plain = properties.filter(([, property]) => entryOf(property) === undefined)
  const sections = properties.filter(([, property]) => entryOf(property) !== undefined)
  const top = [...plain, ...sections].map(([key, property]) => row(key, property, schema))
  const parts = sections.map(([name, property]) => sectionText(name, property))
  return [`### The file\n\n${table(top)}`, ...parts].join('\n\n')
}

function sectionText(name: string, property: JsonSchema): string {
  const entry = entryOf(property) ?? {}
  return `### ${name}\n\n${entry.description ?? ''} Keys of \`${name}.<name>\`:\n\n${table(rowsOf(entry, ''))}`
}

/** The schema of what a section maps its names to. */
function entryOf({ additionalProperties }: JsonSchema): JsonSchema | undefined {
  return typeof additionalProperties === 'object' ? additionalProperties : undefined
}

function rowsOf(schema: JsonSchema, prefix: string): readonly string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, property]) => {
    const path = prefix + key
    return [row(path, property, schema), ...inner(property, path)]
  })
}

/** The rows of what lies within a key: of a map's keys, of a map of names, of the long form of a value. */
function inner(property: JsonSchema, path: string): readonly string[] {
  const own = rowsOf(property, `${path}.`)
  const forms = (property.anyOf ?? []).flatMap((form) => rowsOf(form, `${path}.`))
  const entry = entryOf(property)
  return [...own, ...forms, ...(entry === undefined ? [] : inner(entry, `${path}.<name>`))]
}

function row(path: string, property: JsonSchema, parent: JsonSchema): string {
  const key = path.split('.').at(-1) ?? path
  const isRequired = parent.required?.includes(key) === true
  const words = [property.description, defaultText(property), isRequired ? 'Required.' : undefined]
  return `| \`${path}\` | ${kindOf(property)} | ${words.filter(Boolean).join(' ').replaceAll('|', '\\|').replaceAll('<', '&lt;')} |`
}

function defaultText({ default: value }: JsonSchema): string | undefined {
  const isEmpty = typeof value === 'object' && value !== null && Object.keys(value).length === 0
  return value === undefined || isEmpty ? undefined : `Default: \`${JSON.stringify(value)}\`.`
}

function kindOf(property: JsonSchema): string {
  const { anyOf, enum: values, const: only, type } = property
  if (anyOf !== undefined) return [...new Set(anyOf.map(kindOf))].join(' or ')
  if (values !== undefined) return values.map((value) => `\`${String(value)}\``).join(', ')
  if (only !== undefined) return `\`${JSON.stringify(only)}\``
  if (type === 'array') return listKind(property)
  if (type === 'object') return 'map'
  return typeof type === 'string' ? `${scalar(type)}${range(property)}` : (type ?? []).map(scalar).join(' or ')
}

function listKind({ items, prefixItems }: JsonSchema): string {
  if (prefixItems !== undefined) return `list of ${prefixItems.length}`
  return items === undefined ? 'list' : `list of ${kindOf(items)}`
}

function scalar(type: string): string {
  return { string: 'text', integer: 'whole number', boolean: 'true or false' }[type] ?? type
}

function range({ minimum, maximum }: JsonSchema): string {
  const [low, high] = [minimum, maximum].map((bound) =>
    Number.isSafeInteger(bound) && Math.abs(bound ?? 0) < 2 ** 53 - 1 ? bound : undefined,
  )
  if (low !== undefined && high !== undefined) return `, ${low} to ${high}`
  if (low !== undefined) return `, ${low} or more`
  return high === undefined ? '' : `, ${high} or less`
}

function table(rows: readonly string[]): string {
  return ['| key | value | meaning |', '| --- | --- | --- |', ...rows].join('\n')
}
