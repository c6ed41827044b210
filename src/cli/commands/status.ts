import { formatCount } from '#cli/format.ts'
import { ledgerTable, verdict } from '#cli/ledger-table.ts'
import { answer } from '#cli/print.ts'
import { openSession } from '#cli/session.ts'
import { shown } from '#cli/shown.ts'
import { table } from '#cli/table.ts'
import { verb } from '#cli/verb.ts'
import type { PipelineSummary } from '#contract/pipelines.ts'
import type { PipelineStatus } from '#contract/status.ts'

export const status = verb({
  usage: 'status [pipeline]',
  about: `What the pipelines of this data folder have done, running or not, and whether the counts on every edge
balance. With a name: every edge of it.`,
  examples: [
    ['sluice status', 'one line a pipeline'],
    ['sluice status customers', 'its ledger'],
    ['sluice status --json', 'all ledgers, for scripts'],
  ],
  args: { pipeline: { type: 'positional', required: false, description: "A pipeline's name" } },
  run: async ({ pipeline }, context) => {
    await using session = await openSession(context)
    const { client } = session
    const found = await client.pipelines.status({ name: pipeline })
    const known = context.json || pipeline !== undefined ? [] : await client.pipelines.list()
    const text = pipeline === undefined ? overview(found.pipelines, known) : found.pipelines.map(detail).join('\n')
    return await answer(context, found, () => text)
  },
})

function overview(pipelines: readonly PipelineStatus[], known: readonly PipelineSummary[]): string {
  const rows = pipelines.map((pipeline) => {
    const { name, state, ledger } = pipeline
    const produced = Object.values(ledger.producers).reduce((sum, edge) => sum + edge.produced, 0)
    const filed = Object.values(ledger.sinks).reduce(
      (sum, { filed: f = 0, inserted = 0, updated = 0 }) => sum + f + inserted + updated,
      0,
    )
    return [name, state, formatCount(produced), formatCount(filed), verdict(pipeline)]
  })
  const ran = table({ head: ['pipeline', 'state', 'produced', 'filed', 'ledger'], rows, right: [2, 3] })
  const others = known.filter(({ name }) => !pipelines.some((pipeline) => pipeline.name === name))
  return [
    rows.length === 0 ? 'No pipeline has run on this data folder yet.\n' : ran,
    ...(others.length === 0 ? [] : [`\nReady to run:\n${table({ head: ['pipeline', ''], rows: others.map(line) })}`]),
  ].join('')
}

function line({ name, title, summary }: PipelineSummary): string[] {
  return [name, summary === '' ? title : summary]
}

function detail(pipeline: PipelineStatus): string {
  const trouble = [
    ...(pipeline.failures ?? []).map((failure) => ({ ...failure, verbed: 'failed' })),
    ...(pipeline.retrying ?? []).map((failure) => ({ ...failure, verbed: 'is tried again' })),
  ]
  const lines = trouble.map(
    ({ job, error, verbed }) => `${shown(`${job} ${verbed}: ${error.message}`)}\n  ${shown(error.remedy)}\n`,
  )
  return `${pipeline.name} is ${pipeline.state}\n${ledgerTable(pipeline)}${lines.join('')}`
}
