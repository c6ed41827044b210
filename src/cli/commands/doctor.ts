import { answer } from '#cli/print.ts'
import { openSession } from '#cli/session.ts'
import type { Context } from '#cli/context.ts'
import { shown } from '#cli/shown.ts'
import { verb } from '#cli/verb.ts'
import type { Check, DoctorReport } from '#contract/engine-info.ts'
import { isSluiceError } from '#engine/core/sluice-error.ts'
import { toWireError } from '#engine/core/wire-error.ts'

export const doctor = verb({
  usage: 'doctor',
  about: 'Looks at the runtime, the data folder, and every part of the engine; says what to do about what fails.',
  examples: [['sluice doctor', 'exit code 0 if nothing fails']],
  args: {},
  run: async (_args, context) => {
    const report = await examine(context)
    await answer(context, report, () => report.checks.map(line).join(''))
    return report.ok ? 0 : 1
  },
})

// An engine that can't even be opened is what a doctor is called for.
async function examine(context: Context): Promise<DoctorReport> {
  try {
    await using session = await openSession(context)
    return await session.client.doctor()
  } catch (error) {
    if (!isSluiceError(error)) throw error
    const { message, remedy } = toWireError(error)
    return { ok: false, checks: [{ name: 'engine', state: 'failed', detail: message, remedy }] }
  }
}

const MARKS = { ok: 'ok  ', warning: 'warn', failed: 'FAIL' }

function line({ name, state, detail, remedy }: Check): string {
  return `${MARKS[state]}  ${name.padEnd(12)} ${shown(detail)}\n${remedy === undefined ? '' : `      ${shown(remedy)}\n`}`
}
