import { mkdirSync, readFileSync, renameSync } from 'node:fs'
import { dirname } from 'node:path'
import writeFileAtomic from 'write-file-atomic'
import { z } from 'zod'
import type { Plan } from '#engine/core/plan.ts'
import type { Log } from '#engine/ports/adapter.ts'

/** A pipeline that was started on this data folder: what it was then, and whether it should run. */
export interface StoredPipeline {
  readonly file: string
  readonly plan: Plan
  readonly wanted: boolean
}

const fileSchema = z.object({
  version: z.literal(1),
  pipelines: z.record(
    z.string(),
    z.object({
      file: z.string(),
      plan: z.custom<Plan>((plan) => typeof plan === 'object' && plan !== null),
      wanted: z.boolean(),
    }),
  ),
})

/** What should run, and what ever ran here, in a small file that is replaced as a whole. */
export class StoredPipelines {
  readonly #file: string
  #pipelines: Readonly<Record<string, StoredPipeline>>

  /** A file that can't be understood is set aside beside itself, and said in the log. */
  constructor(file: string, log: Log) {
    this.#file = file
    this.#pipelines = readStored(file, log)
  }

  get all(): readonly StoredPipeline[] {
    return Object.values(this.#pipelines)
  }

  get(name: string): StoredPipeline | undefined {
    return this.#pipelines[name]
  }

  async put(pipeline: StoredPipeline): Promise<void> {
    this.#pipelines = { ...this.#pipelines, [pipeline.plan.name]: pipeline }
    await this.#write()
  }

  async setWanted(name: string, wanted: boolean): Promise<void> {
    const pipeline = this.get(name)
    if (pipeline && pipeline.wanted !== wanted) await this.put({ ...pipeline, wanted })
  }

  async remove(name: string): Promise<void> {
    this.#pipelines = Object.fromEntries(Object.entries(this.#pipelines).filter(([held]) => held !== name))
    await this.#write()
  }

  async #write(): Promise<void> {
    mkdirSync(dirname(this.#file), { recursive: true })
    await writeFileAtomic(this.#file, `${JSON.stringify({ version: 1, pipelines: this.#pipelines }, undefined, 2)}\n`)
  }
}

function readStored(file: string, log: Log): Readonly<Record<string, StoredPipeline>> {
  try {
    return fileSchema.parse(JSON.parse(readFileSync(file, 'utf8'))).pipelines
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {}
    const aside = `${file}.damaged-${Date.now()}`
    renameSync(file, aside)
    log.warn({ err: error, file, aside }, 'The file of what should run could not be read; it was set aside.')
    return {}
  }
}
