import type { AnyVerb } from './verb.ts'

/** A command's line in the help. Its code is loaded when it is called. */
export interface VerbEntry {
  readonly name: string
  readonly summary: string
  readonly load: () => Promise<AnyVerb>
  /** Not listed. */
  readonly hidden?: true
}

export interface VerbGroup {
  readonly title: string
  readonly verbs: readonly VerbEntry[]
}

const files = (name: string, summary: string): VerbEntry => ({
  name: `files ${name}`,
  summary,
  load: async () => (await import('./commands/files.ts')).filesVerb(name),
})

/** Every command, in the order of the help. */
export const VERB_GROUPS: readonly VerbGroup[] = [
  {
    title: 'Run pipelines',
    verbs: [
      {
        name: 'run',
        summary: 'Run a pipeline here until it is idle, for a time, or until Ctrl-C',
        load: async () => (await import('./commands/run.ts')).run,
      },
      {
        name: 'up',
        summary: 'Start a pipeline, wait for rows, run its analyses, report',
        load: async () => (await import('./commands/up.ts')).up,
      },
      {
        name: 'start',
        summary: 'Start a pipeline in the background',
        load: async () => (await import('./commands/start.ts')).start,
      },
      {
        name: 'stop',
        summary: 'Stop a pipeline, or the engine with all of them',
        load: async () => (await import('./commands/stop.ts')).stop,
      },
      {
        name: 'restart',
        summary: 'Stop a pipeline and start it again',
        load: async () => (await import('./commands/restart.ts')).restart,
      },
      {
        name: 'status',
        summary: 'What runs, and whether its counts balance',
        load: async () => (await import('./commands/status.ts')).status,
      },
      {
        name: 'logs',
        summary: 'What the engine and its jobs say',
        load: async () => (await import('./commands/logs.ts')).logs,
      },
      {
        name: 'validate',
        summary: 'Check a pipeline file without starting it',
        load: async () => (await import('./commands/validate.ts')).validate,
      },
    ],
  },
  {
    title: 'Look at data',
    verbs: [
      {
        name: 'query',
        summary: 'Ask the tables in SQL',
        load: async () => (await import('./commands/query.ts')).query,
      },
      {
        name: 'analysis',
        summary: 'Run saved analyses',
        load: async () => (await import('./commands/analysis.ts')).analysis,
      },
      {
        name: 'alerts',
        summary: 'What filters have raised, newest first',
        load: async () => (await import('./commands/alerts.ts')).alerts,
      },
      {
        name: 'topics',
        summary: 'List, describe, create and delete topics',
        load: async () => (await import('./commands/topics.ts')).topics,
      },
      {
        name: 'groups',
        summary: 'Who reads which topic, and how far behind',
        load: async () => (await import('./commands/groups.ts')).groups,
      },
      {
        name: 'tail',
        summary: 'Show the records of a topic as they come',
        load: async () => (await import('./commands/tail.ts')).tail,
      },
      {
        name: 'produce',
        summary: 'Append records to a topic by hand',
        load: async () => (await import('./commands/produce.ts')).produce,
      },
    ],
  },
  {
    title: 'Files of the lake',
    verbs: [
      files('ls', 'List a folder'),
      files('cat', 'Print a file'),
      files('get', 'Copy a file out of the lake'),
      files('put', 'Copy a file into the lake'),
      files('mkdir', 'Make a folder and its parents'),
      files('mv', 'Move or rename'),
      files('rm', 'Remove a file, or with -r a folder'),
      files('chmod', 'Set the permission bits'),
      files('chown', 'Set owner and group'),
      files('du', 'Files and bytes below a path'),
    ],
  },
  {
    title: 'Start over',
    verbs: [
      {
        name: 'reset',
        summary: "Remove a pipeline's data: offsets, topics, files, tables",
        load: async () => (await import('./commands/reset.ts')).reset,
      },
      {
        name: 'replay',
        summary: 'File a sink again from an offset or a time',
        load: async () => (await import('./commands/replay.ts')).replay,
      },
      {
        name: 'clean-analysis',
        summary: 'Remove the filed results of analyses, then run them again',
        load: async () => (await import('./commands/clean-analysis.ts')).cleanAnalysis,
      },
    ],
  },
  {
    title: 'This installation',
    verbs: [
      {
        name: 'doctor',
        summary: 'Check everything that Sluice stands on',
        load: async () => (await import('./commands/doctor.ts')).doctor,
      },
      {
        name: 'build',
        summary: 'Build what an engine needs (the embedded one: nothing)',
        load: async () => (await import('./commands/stack.ts')).build,
      },
      {
        name: 'clean',
        summary: 'Remove containers and images (the embedded engine has none)',
        load: async () => (await import('./commands/stack.ts')).clean,
      },
      {
        name: 'serve',
        summary: 'The window in a browser (a later version)',
        load: async () => (await import('./commands/later.ts')).serve,
      },
      {
        name: 'submit',
        summary: 'Hand a pipeline to Spark (a later version)',
        load: async () => (await import('./commands/later.ts')).submit,
      },
      {
        name: 'engine',
        summary: 'The background engine itself',
        load: async () => (await import('./commands/engine.ts')).engine,
        hidden: true,
      },
    ],
  },
]

/** The command that words start with, and the words behind it; `files ls` is one command of two words. */
export function findVerb(words: readonly string[]): { entry: VerbEntry; rest: readonly string[] } | undefined {
  const entries = VERB_GROUPS.flatMap(({ verbs }) => verbs)
  for (const length of [2, 1]) {
    const entry = entries.find(({ name }) => name === words.slice(0, length).join(' '))
    if (entry && words.length >= length) return { entry, rest: words.slice(length) }
  }
  return undefined
}
