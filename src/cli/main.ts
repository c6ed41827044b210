import { SluiceError, isSluiceError } from '#engine/core/sluice-error.ts'
import type { CreateEngine } from '#engine/engine-api.ts'
import { readVersion } from '#engine/version.ts'
import type { Context } from './context.ts'
import { homeOf } from './home.ts'
import { showError } from './show-error.ts'
import type { Terminal } from './terminal.ts'
import type { ExitCode } from './verb.ts'
import { findVerb, VERB_GROUPS, type VerbEntry } from './verbs.ts'

export interface MainParts {
  readonly terminal: Terminal
  readonly signal: AbortSignal
  readonly createEngine: CreateEngine
}

/** Runs one command line, without the program's name; everything that goes wrong is said on stderr. */
export async function main(argv: readonly string[], parts: MainParts): Promise<ExitCode> {
  const json = argv.includes('--json')
  try {
    return await dispatch(argv, parts)
  } catch (error) {
    if (parts.signal.aborted && (isAbort(error) || isSluiceError(error, 'CANCELLED'))) return 130
    return showError(error, parts.terminal, json)
  }
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError'
}

async function dispatch(argv: readonly string[], parts: MainParts): Promise<ExitCode> {
  const words = commandFirst(argv)
  const [first = 'help'] = words
  if (['--version', 'version'].includes(first)) return say(parts, `${readVersion()}\n`)
  if (['help', '--help', '-h'].includes(first)) return help(words.slice(1), parts)
  const found = findVerb(words)
  if (!found) throw unknownCommand(words)
  const { entry, rest } = found
  return rest.includes('--help') || rest.includes('-h') ? help([entry.name], parts) : invoke(entry, rest, parts)
}

async function invoke(entry: VerbEntry, rest: readonly string[], parts: MainParts): Promise<ExitCode> {
  try {
    const verb = await entry.load()
    return await verb.invoke(rest, contextOf(entry, rest, parts))
  } catch (error) {
    throw withHelp(error, entry)
  }
}

/** A call that was not understood is helped best by the help of its own command. */
function withHelp(error: unknown, { name }: VerbEntry): unknown {
  if (!isSluiceError(error, 'USAGE') || error.remedy !== undefined) return error
  return new SluiceError('USAGE', error.message, { cause: error, remedy: `See \`sluice help ${name}\`.` })
}

/** Common options may stand before the command: `sluice --home d status`. */
function commandFirst(argv: readonly string[]): readonly string[] {
  const leading: string[] = []
  let at = 0
  while (at < argv.length) {
    const word = argv[at] ?? ''
    const valued = word === '--home' || word === '--engine'
    if (!valued && word !== '--json' && !/^--(home|engine)=/.test(word)) break
    leading.push(...argv.slice(at, at + (valued ? 2 : 1)))
    at += valued ? 2 : 1
  }
  return at < argv.length ? [...argv.slice(at), ...leading] : argv
}

function contextOf(entry: VerbEntry, rest: readonly string[], parts: MainParts): Context {
  assertEngine(optionOf('engine', rest))
  return {
    terminal: parts.terminal,
    home: homeOf(optionOf('home', rest), parts.terminal),
    json: rest.includes('--json'),
    invoked: `sluice ${entry.name}`,
    signal: parts.signal,
    createEngine: parts.createEngine,
  }
}

function optionOf(name: string, words: readonly string[]): string | undefined {
  const at = words.findLastIndex((word) => word === `--${name}` || word.startsWith(`--${name}=`))
  const word = words[at]
  return word?.includes('=') ? word.slice(word.indexOf('=') + 1) : words[at + 1 || words.length]
}

function assertEngine(engine: string | undefined): void {
  if (engine === undefined || engine === 'embedded') return
  if (engine === 'docker') {
    throw new SluiceError('KIND_LATER', 'The docker engine is not part of this version.', {
      remedy: 'Use the embedded one: leave `--engine` out.',
    })
  }
  throw new SluiceError('ENGINE_UNKNOWN', `There is no engine "${engine}"; connections are not part of this version.`)
}

async function help(words: readonly string[], parts: MainParts): Promise<ExitCode> {
  const { overview, verbHelp } = await import('./help.ts')
  if (words.length === 0) return say(parts, overview(readVersion()))
  const found = findVerb(words)
  if (found) return say(parts, verbHelp(found.entry, await found.entry.load()))
  const family = VERB_GROUPS.flatMap(({ verbs }) => verbs).filter(({ name }) => name.startsWith(`${words[0]} `))
  if (family.length === 0) throw unknownCommand(words)
  return say(parts, family.map(({ name, summary }) => `sluice ${name.padEnd(14)}${summary}\n`).join(''))
}

async function say({ terminal }: MainParts, text: string): Promise<ExitCode> {
  await terminal.stdout.write(text)
  return 0
}

function unknownCommand(words: readonly string[]): SluiceError {
  const [word = ''] = words
  if (word.startsWith('-')) return new SluiceError('USAGE', `There is no option ${word}.`)
  const names = VERB_GROUPS.flatMap(({ verbs }) => verbs.map(({ name }) => name))
  const family = names.filter((name) => name.startsWith(`${word} `))
  const near = names.find((name) => name.startsWith(word.slice(0, 3)))
  const remedy =
    family.length > 0
      ? `There are: ${family.join(', ')}.`
      : `${near && word.length > 2 ? `Did you mean \`sluice ${near}\`? ` : ''}\`sluice help\` lists the commands.`
  return new SluiceError('USAGE', `There is no command "${words.slice(0, family.length > 0 ? 2 : 1).join(' ')}".`, {
    remedy,
  })
}
