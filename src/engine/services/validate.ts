import { compile, type Overrides } from '#engine/core/pipeline/compile.ts'
import type { Draft } from '#engine/core/pipeline/draft.ts'
import { judgeSql } from '#engine/core/pipeline/judge-sql.ts'
import type { Problem } from '#engine/core/pipeline/problem.ts'
import { inOrder, readPipelineFile } from '#engine/core/pipeline/read-pipeline.ts'
import { parserText, siteKey, sqlSites, type Parsed } from '#engine/core/pipeline/sql-sites.ts'
import type { Plan } from '#engine/core/plan.ts'
import type { SqlParser } from '#engine/ports/sql-parser.ts'

export interface PipelineSource {
  /** As it stands in messages. */
  readonly file: string
  /** The folder that relative paths in the file start at. */
  readonly folder?: string
  readonly overrides?: Overrides
}

/** A pipeline judged as a whole. */
export interface Verdict {
  /** Only where no problem is an error. */
  readonly plan?: Plan
  /** The name that the file gives itself, even where it has mistakes. */
  readonly name?: string
  /** All of them, in the order of the file. */
  readonly problems: readonly Problem[]
}

/** Reads a pipeline, judges its form, wiring and SQL, and makes its plan. Never throws for what the text says. */
export async function validatePipeline(text: string, source: PipelineSource, parser: SqlParser): Promise<Verdict> {
  const { pipeline, draft, topics, problems: formal, locate } = readPipelineFile(text, source.file)
  const { facts, findings } = judgeSql(draft, topics, await parseAll(draft, parser))
  const problems = inOrder([...formal, ...findings.map(locate)])
  const named = draft.name === undefined ? {} : { name: draft.name }
  if (pipeline === undefined || problems.some(({ severity }) => severity === 'error')) return { ...named, problems }
  const { folder, overrides = {} } = source
  const plan = compile(pipeline, { facts, overrides, ...(folder === undefined ? {} : { folder }) })
  return { plan, ...named, problems }
}

async function parseAll(draft: Draft, parser: SqlParser): Promise<ReadonlyMap<string, Parsed>> {
  const trees = new Map<string, Parsed>()
  for (const site of sqlSites(draft)) {
    const sql = parserText(site)
    trees.set(siteKey(site.path), await (site.kind === 'query' ? parser.statement(sql) : parser.expression(sql)))
  }
  return trees
}
