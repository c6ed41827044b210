import { parseArgs, type ArgDef, type ArgsDef, type ParsedArgs } from 'citty'
import { SluiceError } from '#engine/core/sluice-error.ts'
import type { Context } from './context.ts'

/** How a command ended, as the process says it. */
export type ExitCode = 0 | 1 | 2 | 130

/** One command: what its help says, what it takes and what it does. */
export interface Verb<T extends ArgsDef> {
  /** After `sluice`: "run <pipeline|file> [options]" */
  readonly usage: string
  /** A few sentences, or lines. */
  readonly about: string
  readonly examples: readonly (readonly [command: string, meaning: string])[]
  readonly args: T
  run(args: ParsedArgs<T>, context: Context): Promise<ExitCode>
}

/** A command as the dispatcher sees it. */
export interface AnyVerb extends Pick<Verb<ArgsDef>, 'usage' | 'about' | 'examples' | 'args'> {
  invoke(rawArgs: readonly string[], context: Context): Promise<ExitCode>
}

/** Options that every command takes. */
export const COMMON_ARGS = {
  home: { type: 'string', valueHint: 'DIR', description: "Data folder (default: SLUICE_HOME, else the OS's)" },
  engine: { type: 'string', valueHint: 'NAME', description: 'Which engine: embedded (the default)' },
  json: { type: 'boolean', description: 'Answer in JSON, errors too' },
  help: { type: 'boolean', alias: 'h', description: 'Show this help' },
} as const satisfies ArgsDef

/** Gives a command its types. */
export function verb<const T extends ArgsDef>(definition: Verb<T>): AnyVerb {
  return {
    usage: definition.usage,
    about: definition.about,
    examples: definition.examples,
    args: definition.args,
    invoke: (rawArgs, context) => definition.run(parse<T>(definition.args, rawArgs), context),
  }
}

/** Reads arguments strictly: an option or a word that the command doesn't know is USAGE. */
function parse<T extends ArgsDef>(args: T, rawArgs: readonly string[]): ParsedArgs<T> {
  const known = { ...args, ...COMMON_ARGS }
  assertKnown(known, rawArgs)
  const parsed = readArgs<T>(known, rawArgs)
  const places = Object.values(known).filter(({ type }) => type === 'positional').length
  const [extra] = parsed._.slice(places)
  if (extra !== undefined) throw usage(`"${extra}" is one word too many.`)
  return parsed
}

function readArgs<T extends ArgsDef>(known: ArgsDef, rawArgs: readonly string[]): ParsedArgs<T> {
  try {
    return parseArgs<T>([...rawArgs], known)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const missing = /positional argument: (\S+)/.exec(message)?.[1]
    throw usage(missing ? `${missing.toLowerCase()} is missing.` : `${message}.`, error)
  }
}

/** What is asked of an option: whether it takes a value, by each of its spellings. */
function spellings(known: ArgsDef): ReadonlyMap<string, boolean> {
  const named = Object.entries(known).filter(([, { type }]) => type !== 'positional')
  return new Map(named.flatMap(([name, arg]) => [name, ...aliasesOf(arg)].map((one) => [one, arg.type !== 'boolean'])))
}

/** The short spellings of an option. */
export function aliasesOf(arg: ArgDef): readonly string[] {
  if (!('alias' in arg) || arg.alias === undefined) return []
  return typeof arg.alias === 'string' ? [arg.alias] : arg.alias
}

function assertKnown(known: ArgsDef, rawArgs: readonly string[]): void {
  const options = spellings(known)
  const end = rawArgs.indexOf('--')
  const words = end < 0 ? rawArgs : rawArgs.slice(0, end)
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? ''
    if (!/^-{1,2}[A-Za-z]/.test(word)) continue
    const takesValue = options.get(word.replace(/^-{1,2}/, '').replace(/=.*$/s, ''))
    if (takesValue === undefined) throw usage(`There is no option ${word.replace(/=.*$/s, '')}.`)
    if (!takesValue || word.includes('=')) continue
    if (index + 1 >= words.length) throw usage(`${word} needs a value.`)
    index += 1
  }
}

export function usage(message: string, cause?: unknown): SluiceError {
  return new SluiceError('USAGE', message, cause === undefined ? {} : { cause })
}
