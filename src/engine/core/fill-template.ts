/** Fills `{column}` in an alert's message from a record; what isn't there, or is null, is shown as "?". */
export function fillTemplate(template: string, record: Readonly<Record<string, unknown>>): string {
  return template.replaceAll(/\{([a-z][a-z0-9_]*)\}/g, (_, column: string) =>
    Object.hasOwn(record, column) ? textOf(record[column]) : '?',
  )
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return '?'
  return typeof value === 'string' ? value : JSON.stringify(value)
}
