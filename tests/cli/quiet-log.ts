import type { Log } from '#engine/ports/adapter.ts'

export const QUIET: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
