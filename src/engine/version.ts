import { readFileSync } from 'node:fs'
import { findPackageJSON } from 'node:module'

/** The version of this installation, the same whether its sources or its build run. */
export function readVersion(): string {
  const file = findPackageJSON('.', import.meta.url)
  const manifest: unknown = file === undefined ? undefined : JSON.parse(readFileSync(file, 'utf8'))
  if (typeof manifest !== 'object' || manifest === null || !('version' in manifest)) return '0.0.0'
  return String(manifest.version)
}
