import { z } from 'zod'
import type { KeyPath } from './problem.ts'

/** The keys that an object at this path may have; none where no object is expected. */
export function keysAt(root: z.ZodType, path: KeyPath): readonly string[] {
  return schemasAt(root, path).flatMap((schema) => (schema instanceof z.ZodObject ? Object.keys(schema.shape) : []))
}

/** What the schema says of the key at this path. */
export function descriptionAt(root: z.ZodType, path: KeyPath): string | undefined {
  const outer = path.reduce<readonly z.ZodType[]>(
    (schemas, part) => schemas.flatMap((s) => childrenOf(s, part)),
    [root],
  )
  return outer.map((schema) => schema.description ?? unwrap(schema)[0]?.description).find((text) => text !== undefined)
}

function schemasAt(root: z.ZodType, path: KeyPath): readonly z.ZodType[] {
  return path.reduce((schemas, part) => schemas.flatMap((s) => childrenOf(s, part)), [root]).flatMap(unwrap)
}

function childrenOf(schema: z.ZodType, part: string | number): z.ZodType[] {
  return unwrap(schema)
    .flatMap((inner): unknown[] => {
      if (inner instanceof z.ZodObject) return [inner.shape[part]]
      if (inner instanceof z.ZodRecord) return [inner.valueType]
      if (inner instanceof z.ZodArray) return [inner.element]
      return []
    })
    .filter((child) => child instanceof z.ZodType)
}

/** The schemas that a value really has to fit, defaults, transforms and unions taken apart. */
function unwrap(schema: z.ZodType): z.ZodType[] {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) return unwrap(typed(schema.unwrap()))
  if (schema instanceof z.ZodExactOptional) return unwrap(typed(schema.unwrap()))
  if (schema instanceof z.ZodPipe) return unwrap(typed(schema.in))
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => unwrap(typed(option)))
  return [schema]
}

/** zod's own types lose the class of inner schemas. */
function typed(schema: unknown): z.ZodType {
  return schema instanceof z.ZodType ? schema : z.unknown()
}
