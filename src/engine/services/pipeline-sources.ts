import { readdir, readFile } from 'node:fs/promises'
import { dirname, isAbsolute, join } from 'node:path'
import type { PipelineSummary, Validate, Validation } from '#contract/pipelines.ts'
import type { Overrides } from '#engine/core/pipeline/compile.ts'
import type { Problem } from '#engine/core/pipeline/problem.ts'
import type { Plan } from '#engine/core/plan.ts'
import { SluiceError } from '#engine/core/sluice-error.ts'
import type { SqlParser } from '#engine/ports/sql-parser.ts'
import { validatePipeline } from './validate.ts'

/** Where pipelines are looked for by name: the user's folder first, then the bundled ones. */
export interface PipelineFolders {
  readonly user: string
  readonly bundled: string
}

export interface CheckedPipeline {
  readonly file: string
  readonly plan?: Plan
  readonly name?: string
  readonly problems: readonly Problem[]
}

type Source = Omit<PipelineSummary, 'state' | 'title' | 'summary'>

/** Finds, reads and checks pipeline files. */
export class PipelineSources {
  readonly #folders: PipelineFolders
  readonly #parser: SqlParser

  constructor(folders: PipelineFolders, parser: SqlParser) {
    this.#folders = folders
    this.#parser = parser
  }

  /** The pipelines that have a name, the user's before bundled ones of the same. */
  async list(): Promise<readonly Source[]> {
    const found = [
      ...(await inFolder(this.#folders.user, 'user')),
      ...(await inFolder(this.#folders.bundled, 'bundled')),
    ]
    return found.filter(({ name }, index) => found.findIndex((other) => other.name === name) === index)
  }

  /** The file of a name, or of an absolute path. PIPELINE_UNKNOWN. */
  async find(pipeline: string): Promise<string> {
    if (isAbsolute(pipeline)) return pipeline
    const known = await this.list()
    const found = known.find(({ name }) => name === pipeline)
    if (found) return found.file
    throw new SluiceError('PIPELINE_UNKNOWN', `No pipeline is named ${pipeline}.`, {
      remedy: `There are ${known.map(({ name }) => name).join(', ')}; the path of a YAML file works too.`,
    })
  }

  /** The plan of a pipeline, with all that is wrong with its file. */
  async check(pipeline: string, overrides: Overrides = {}): Promise<CheckedPipeline> {
    const file = await this.find(pipeline)
    return {
      file,
      ...(await validatePipeline(await readText(file), { file, folder: dirname(file), overrides }, this.#parser)),
    }
  }

  /** As `check`, but PIPELINE_INVALID where anything is wrong. */
  async plan(pipeline: string, overrides: Overrides = {}): Promise<{ readonly file: string; readonly plan: Plan }> {
    const { file, plan, problems } = await this.check(pipeline, overrides)
    if (!plan) throw invalid(file, problems)
    return { file, plan }
  }

  async validate(request: Validate): Promise<Validation> {
    const checked =
      'text' in request
        ? await this.#checkText(request.text)
        : await this.check('file' in request ? request.file : request.name)
    const { plan, name, problems } = checked
    return {
      valid: plan !== undefined,
      ...(name !== undefined && { name }),
      endless: plan ? endlessProducers(plan) : [],
      problems: [...problems],
    }
  }

  #checkText(text: string): Promise<Omit<CheckedPipeline, 'file'>> {
    return validatePipeline(text, { file: '(text)', folder: this.#folders.user }, this.#parser)
  }
}

/** The producers that don't end by themselves. */
export function endlessProducers(plan: Plan): string[] {
  return plan.producers.filter(({ finite }) => !finite).map(({ name }) => name)
}

async function inFolder(folder: string, source: 'user' | 'bundled'): Promise<readonly Source[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw new SluiceError('FILE_UNREADABLE', `Can't list the pipelines in ${folder}.`, { cause: error })
  })
  const files = names.filter((name) => /\.ya?ml$/.test(name)).sort()
  return files.map((name) => ({ name: name.replace(/\.ya?ml$/, ''), source, file: join(folder, name) }))
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    throw new SluiceError('FILE_UNREADABLE', `Can't read the pipeline ${file}.`, { cause })
  }
}

function invalid(file: string, problems: readonly Problem[]): SluiceError {
  const errors = problems.filter(({ severity }) => severity === 'error')
  const lines = errors.map(
    ({ line, column, key, message, remedy }) =>
      `  ${line}:${column} ${key === '' ? '' : `${key}: `}${message} ${remedy}`,
  )
  const [first] = errors
  const count = errors.length === 1 ? 'one mistake' : `${errors.length} mistakes`
  return new SluiceError('PIPELINE_INVALID', `${file} has ${count}:\n${lines.join('\n')}`, {
    ...(first && { place: { file, line: first.line, column: first.column } }),
  })
}
