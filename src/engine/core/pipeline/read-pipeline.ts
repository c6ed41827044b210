import { checkPipeline } from './check-pipeline.ts'
import { type Draft, draftOf } from './draft.ts'
import { type Pipeline, pipelineSchema } from './pipeline-schema.ts'
import type { Problem } from './problem.ts'
import { schemaFindings } from './schema-findings.ts'
import { resolveTopics, type Topics } from './topic-graph.ts'
import { readYaml, type YamlFile } from './yaml-file.ts'

/** A pipeline file, read as far as it goes. */
export interface ReadFile {
  /** Only where the file has no error of form (its wiring and SQL are judged apart). */
  readonly pipeline?: Pipeline
  readonly draft: Draft
  readonly topics: Topics
  readonly problems: readonly Problem[]
  /** Gives a finding its line and column. */
  readonly locate: YamlFile['locate']
}

/** Reads a pipeline and checks all of it but its SQL. Every problem at once, each at its key. Never throws. */
export function readPipeline(
  text: string,
  where: { readonly file: string },
): { readonly pipeline?: Pipeline; readonly problems: readonly Problem[] } {
  const { pipeline, problems } = readPipelineFile(text, where.file)
  const isSound = pipeline !== undefined && !problems.some(({ severity }) => severity === 'error')
  return isSound ? { pipeline, problems } : { problems }
}

/** As `readPipeline`, with what can be said of a file that has mistakes. */
export function readPipelineFile(text: string, file: string): ReadFile {
  const yaml = readYaml(text, file)
  const draft = draftOf(yaml.value)
  const topics = resolveTopics(draft)
  if (yaml.problems.length > 0) return { draft, topics, problems: yaml.problems, locate: yaml.locate }
  const parsed = pipelineSchema.safeParse(yaml.value, { reportInput: true })
  const form = parsed.success ? [] : schemaFindings(pipelineSchema, parsed.error.issues)
  const problems = inOrder([...form, ...checkPipeline(draft, topics)].map(yaml.locate))
  return { ...(parsed.success ? { pipeline: parsed.data } : {}), draft, topics, problems, locate: yaml.locate }
}

/** As they stand in the file, one of a kind. */
export function inOrder(problems: readonly Problem[]): readonly Problem[] {
  const unique = new Map(problems.map((problem) => [JSON.stringify(problem), problem]))
  return [...unique.values()].sort((a, b) => a.line - b.line || a.column - b.column)
}
