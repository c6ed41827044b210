import type { z } from 'zod'

/** Where a part writes its log. Fields first, message second, as pino does. */
export interface Log {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

export interface AdapterContext {
  readonly log: Log
  /** Ends the opening, not the opened. */
  readonly signal?: AbortSignal
}

export type PortName = 'broker' | 'lake' | 'warehouse' | 'database' | 'transform' | 'stack'

/** One implementation of a port: a name, described options, and how it opens. Listed by hand in `adapters/catalogue.ts`. */
export interface Adapter<Port extends AsyncDisposable, Options extends z.ZodType> {
  readonly port: PortName
  readonly name: string
  readonly summary: string
  readonly options: Options
  open(options: z.output<Options>, context: AdapterContext): Promise<Port>
}

/** Gives an adapter's declaration its types. */
export function defineAdapter<Port extends AsyncDisposable, Options extends z.ZodType>(
  adapter: Adapter<Port, Options>,
): Adapter<Port, Options> {
  return adapter
}
