import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

const NOT_BUILT = /\.(test|contract)\.ts$/

/** True if `built` is a file, and no younger file is under `source`; a `source` that isn't there is never younger. */
export function isFresh(built, source) {
  const builtAt = newest(built)
  return builtAt > 0 && newest(source) <= builtAt
}

/** When the newest file at or under `path` was changed: milliseconds since 1970, or 0 if there is none. */
export function newest(path) {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat === undefined) return 0
  if (!stat.isDirectory()) return stat.mtimeMs
  const names = readdirSync(path).filter((name) => !NOT_BUILT.test(name))
  return Math.max(0, ...names.map((name) => newest(join(path, name))))
}
