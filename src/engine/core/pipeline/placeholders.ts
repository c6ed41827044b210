import type { GeneratorSettings } from './generator-schema.ts'
import type { HttpSettings } from './http-schema.ts'
import type { Finding, KeyPath } from './problem.ts'
import { suggestion } from '#engine/core/suggest.ts'

/** Patterns know only {sequence}; lookups and thresholds need the other field above them. */
export function fieldFindings({ record }: GeneratorSettings, path: KeyPath): readonly Finding[] {
  const fields = Object.entries(record)
  return fields.flatMap(([name, { pattern = '', lookup, below }], i): Finding[] => {
    const odd = placeholders(pattern).find((word) => word !== 'sequence')
    const of = lookup?.of ?? below?.of
    const above = fields.slice(0, i).map(([other]) => other)
    return [
      ...(odd === undefined
        ? []
        : [{ path: [...path, name, 'pattern'], message: `A pattern knows no {${odd}}.`, remedy: 'Write {sequence}.' }]),
      ...(of === undefined || above.includes(of)
        ? []
        : [
            {
              path: [...path, name],
              message: `There is no field "${of}" above.`,
              remedy: suggestion(of, above, 'Fields above'),
            },
          ]),
    ]
  })
}

/** The names in braces in an address are keys of every item. */
export function urlFindings({ url, for_each: items = [{}], history }: HttpSettings, path: KeyPath): readonly Finding[] {
  const asked = items.flatMap((item) => placeholders(url).filter((word) => !Object.hasOwn(item, word)))
  const past = items.flatMap((item) =>
    placeholders(history?.url ?? '').filter((word) => !['from', 'to'].includes(word) && !Object.hasOwn(item, word)),
  )
  const known = Object.keys(items[0] ?? {}).filter((name) => items.every((item) => Object.hasOwn(item, name)))
  const finding = (word: string, key: KeyPath): Finding => {
    const remedy = suggestion(word, known, 'Names of every item')
    return { path: [...path, ...key], message: `Not every item of for_each has a "${word}".`, remedy }
  }
  return [
    ...[...new Set(asked)].map((word) => finding(word, ['url'])),
    ...[...new Set(past)].map((word) => finding(word, ['history', 'url'])),
  ]
}

/** The names in braces, in order. */
export function placeholders(template: string): readonly string[] {
  return [...template.matchAll(/\{([a-z][a-z0-9_]*)\}/gi)].map((match) => match[1] ?? '')
}
