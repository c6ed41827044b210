import { expect, it } from 'vitest'
import { expectJson, freshDesk } from './command-line.ts'

/** Bundled pipelines that have a job of a kind which this version parses but does not run. */
it.each([
  ['planetarium', 'discoveries_form', 'form'],
  ['weather', 'open_meteo', 'http'],
  ['instocknow', 'missing_products', 'to:'],
])('%s tells that %s does not run yet; its other jobs do', async (pipeline, job, kind) => {
  const { sluice } = freshDesk()
  const { code, stdout, stderr } = await sluice('run', pipeline, '--for', '2s')
  expect(code).toBe(1)
  expect(stderr).toContain(`The job ${job} stopped: `)
  expect(stderr).toContain(kind)
  expect(stdout).toMatch(/^balanced/m)
})

it('the other jobs of such a pipeline file what they have', async () => {
  const { sluice } = freshDesk()
  const outcome = await sluice('run', 'instocknow', '--rate', '0', '--count', '500', '--for', '5s', '--json')
  const status: unknown = JSON.parse(outcome.stdout)
  expect(status).toMatchObject({
    pipelines: [{ ledger: { producers: { simulator: { produced: 500 } }, sinks: { all_messages: { filed: 500 } } } }],
  })
  expectJson({ ...outcome, stdout: '' }, { code: 'JOB_FAILED', reason: 'KIND_LATER' })
})
