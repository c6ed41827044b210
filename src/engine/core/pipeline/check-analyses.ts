import { Cron } from 'croner'
import { declared, type Draft } from './draft.ts'
import type { Finding } from './problem.ts'

/** Schedules are cron. */
export function checkAnalyses(draft: Draft): readonly Finding[] {
  return declared(draft.analyses).flatMap(([name, { schedule }]): Finding[] => {
    const why = schedule === undefined ? undefined : cronFault(schedule)
    if (why === undefined) return []
    const remedy = 'Write five fields: minute, hour, day of month, month, day of week, e.g. "0 * * * *".'
    return [{ path: ['analyses', name, 'schedule'], message: `"${schedule}" is no schedule: ${why}.`, remedy }]
  })
}

function cronFault(schedule: string): string | undefined {
  try {
    // Without a function to call nothing is scheduled: this only parses.
    const next = new Cron(schedule, { mode: '5-part', timezone: 'UTC' }).nextRun(new Date(0))
    return next === null ? 'it never comes' : undefined
  } catch (error) {
    const why = error instanceof Error ? error.message : 'it can not be read'
    return why.includes('configuration format')
      ? 'it has not five fields'
      : why.replace(/^Cron\w*: /, '').replace(/\.$/, '')
  }
}
