import type { CreateEngine } from '#engine/engine-api.ts'
import type { Terminal } from './terminal.ts'

/** What a command is run with. */
export interface Context {
  readonly terminal: Terminal
  /** The data folder, absolute. */
  readonly home: string
  readonly json: boolean
  /** The command as typed, for messages: "sluice run". */
  readonly invoked: string
  /** Aborts at the first interrupt; a second one ends the process at once. */
  readonly signal: AbortSignal
  /** Loads the engine's code, which takes a moment: only where a command needs one. */
  readonly createEngine: CreateEngine
}
