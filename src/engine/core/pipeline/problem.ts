import type { PipelineProblem } from '#contract/pipelines.ts'

/** A mistake, or a doubt, at the place of the very key or value. */
export type Problem = PipelineProblem

/** The path of a key in the file: section, name, key …; numbers count the items of a list. */
export type KeyPath = readonly (string | number)[]

/** A mistake before its line and column are known. */
export interface Finding {
  readonly path: KeyPath
  /** Which of the two the place is: the key itself, or its value (as is the rule). */
  readonly at?: 'key' | 'value'
  /** 0-based offset in the value's text. */
  readonly offset?: number
  readonly message: string
  readonly remedy: string
  readonly severity?: 'error' | 'warning'
}

/** `filters.usa.from`, `producers.simulator.http.for_each[2].city`. */
export function keyText(path: KeyPath): string {
  return path.map((part, i) => (typeof part === 'number' ? `[${part}]` : i === 0 ? part : `.${part}`)).join('')
}
