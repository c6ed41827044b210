import type { PipelineStatus } from '#contract/status.ts'
import type { Engine } from '#engine/engine-api.ts'

export interface RunRequest {
  readonly pipeline: string
  readonly rate?: number
  readonly count?: number
}

/** Runs a pipeline with its job processes until it is idle, and stops it; how it stands then. */
export async function runUntilIdle(engine: Engine, request: RunRequest): Promise<PipelineStatus> {
  const { name } = await engine.pipelines.start({ ...request, untilIdle: true })
  for await (const { failures } of engine.pipelines.waitIdle(name, new AbortController().signal)) {
    if (failures) throw new Error(JSON.stringify(failures))
  }
  await engine.pipelines.stop({ name })
  const [status] = (await engine.pipelines.status({ name })).pipelines
  if (!status) throw new Error(`${name} has no status`)
  return status
}

/** All rows of a query, each as one line. */
export async function rowsOf(
  engine: Engine,
  sql: string,
  on: 'warehouse' | 'database' = 'warehouse',
): Promise<readonly string[]> {
  const rows: string[] = []
  for await (const page of engine.sql.query({ sql, on }, new AbortController().signal)) {
    rows.push(...page.rows.map((row) => JSON.stringify(row)))
  }
  return rows
}
