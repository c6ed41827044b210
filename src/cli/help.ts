import type { ArgDef, ArgsDef } from 'citty'
import { aliasesOf, COMMON_ARGS, type AnyVerb } from './verb.ts'
import { VERB_GROUPS, type VerbEntry } from './verbs.ts'

/** The help that names every command. */
export function overview(version: string): string {
  const width = Math.max(...VERB_GROUPS.flatMap(({ verbs }) => verbs.map(({ name }) => name.length)))
  const groups = VERB_GROUPS.map(({ title, verbs }) => {
    const lines = verbs
      .filter(({ hidden }) => !hidden)
      .map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`)
    return `${title}\n${lines.join('\n')}\n`
  })
  return `Sluice ${version}: pipelines from topics through SQL filters into files and tables.

Usage: sluice <command> [options]

First steps
  sluice run customers --until-idle        read a CSV, filter it, file it
  sluice query "SHOW TABLES"               see what has become of it
  sluice run space-objects --for 30s       an endless one: objects and alerts
  sluice help run                          everything about one command

${groups.join('\n')}
Every command takes --home DIR, --engine NAME, --json and --help.
Exit codes: 0 done, 1 failed, 2 not understood, 130 interrupted.
`
}

/** The help of one command. */
export function verbHelp(entry: VerbEntry, verb: AnyVerb): string {
  const examples = verb.examples.map(([command, meaning]) => `  ${command}\n      ${meaning}`)
  return [
    `${entry.summary}.`,
    `Usage: sluice ${verb.usage}`,
    ...(verb.about === '' ? [] : [verb.about]),
    ...section('Arguments', argumentLines(verb.args)),
    ...section('Options', optionLines({ ...verb.args, ...COMMON_ARGS })),
    ...section('Examples', examples),
  ]
    .join('\n\n')
    .concat('\n')
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`${title}\n${lines.join('\n')}`]
}

function argumentLines(args: ArgsDef): string[] {
  const places = Object.entries(args).filter(([, { type }]) => type === 'positional')
  return aligned(places.map(([name, arg]) => [name, description(arg)]))
}

function optionLines(args: ArgsDef): string[] {
  const options = Object.entries(args).filter(([, { type }]) => type !== 'positional')
  return aligned(options.map(([name, arg]) => [spelling(name, arg), description(arg)]))
}

function spelling(name: string, arg: ArgDef): string {
  const short = aliasesOf(arg).map((alias) => `-${alias}, `)
  return `${short.join('')}--${name}${arg.type === 'boolean' ? '' : ` ${arg.valueHint ?? 'VALUE'}`}`
}

function description({ description: text = '', default: otherwise }: ArgDef): string {
  return otherwise === undefined || otherwise === false ? text : `${text} (default: ${otherwise})`
}

function aligned(pairs: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(0, ...pairs.map(([left]) => left.length))
  return pairs.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`)
}
