import type { AnalysisEvent, WhichAnalyses } from '#contract/analyses.ts'
import type { Client } from '#contract/contract.ts'
import type { Context } from './context.ts'
import { shown } from './shown.ts'
import { note } from './print.ts'
import { rowsTable } from './rows-table.ts'

/** How running them ended. */
export interface Analysed {
  readonly failed: boolean
  /** Results and failures, in order. */
  readonly events: readonly AnalysisEvent[]
}

/** Runs analyses, and prints each result as a table as soon as it is there. `quiet`: only gathers. */
export async function printAnalyses(
  client: Client,
  context: Context,
  { which, quiet }: { readonly which: WhichAnalyses; readonly quiet: boolean },
): Promise<Analysed> {
  const events: AnalysisEvent[] = []
  for await (const event of await client.analyses.run(which, { signal: context.signal })) {
    if (event.type === 'started') await note(context, `${event.pipeline}: ${event.title} …`)
    if (event.type !== 'result' && event.type !== 'failed') continue
    events.push(event)
    if (!quiet) await print(context, event)
  }
  return { events, failed: events.some(({ type }) => type === 'failed') }
}

async function print(
  { terminal }: Context,
  event: Extract<AnalysisEvent, { type: 'result' | 'failed' }>,
): Promise<void> {
  const title = `${event.title} (${event.pipeline} ${event.name})`
  if (event.type === 'failed') {
    await terminal.stderr.write(
      `error: ${shown(title)}: ${shown(event.error.message)}\n  ${shown(event.error.remedy)}\n`,
    )
    return
  }
  const filed = event.run ? `filed as ${event.run.path}\n` : ''
  const more = event.truncated ? 'only the first 1,000 rows are shown\n' : ''
  await terminal.stdout.write(`\n${shown(title)}\n${rowsTable(event.columns, event.rows)}${more}${filed}`)
}
