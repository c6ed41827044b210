import { expect, it } from 'vitest'
import { expectJson, expectTold, freshDesk, generator, pipelineOver } from './command-line.ts'

const BROKEN = 'name: rows\ntopics:\n  a: { columns: { id: string }\n  b: 3\n'
const WRONG_COLUMN = `${pipelineOver(generator({ rate: 0, count: 10 }))}filters:
  large: { from: rows, to: large, where: siez > 3 }
`.replace('topics:\n', 'topics:\n  large: { like: rows }\n')

it('a broken YAML file is told with file, line, column and remedy, and nothing starts', async () => {
  const { sluice, write } = freshDesk()
  const file = write('broken.yaml', BROKEN)
  expectTold(await sluice('run', file), {
    code: 2,
    says: [`${file}:4:3`, /has one mistake/],
    now: /Mend the YAML here/,
  })
  expectJson(await sluice('run', file, '--json'), { code: 'PIPELINE_INVALID', place: { file, line: 4, column: 3 } })
})

it('validate shows the same mistake, and exits with 2', async () => {
  const { sluice, write } = freshDesk()
  const file = write('broken.yaml', BROKEN)
  const { code, stderr, stdout } = await sluice('validate', file)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '1 mistake.\n' })
  expect(stderr).toMatch(/^\S+broken\.yaml:4:3: error: .*\n {2}Mend the YAML here/)
})

it('a filter naming a column that is not there is told by run and by validate, with the column that was meant', async () => {
  const { sluice, write } = freshDesk()
  const file = write('wrong.yaml', WRONG_COLUMN)
  const place = { file, line: 14, column: 42 }
  const says = ['filters.large.where: There is no column "siez".', `(at ${file}:14:42)`]
  expectTold(await sluice('run', file), { code: 2, says, now: /Did you mean "size"\? Columns: id, size\./ })
  expectJson(await sluice('run', file, '--json'), { code: 'PIPELINE_INVALID', place })
  const { code, stdout } = await sluice('validate', file, '--json')
  expect(code).toBe(2)
  expect(JSON.parse(stdout)).toMatchObject({ valid: false, problems: [{ ...place, key: 'filters.large.where' }] })
})

it('a pipeline that is not there is told by its path or name, with the names there are', async () => {
  const { sluice, folder } = freshDesk()
  const absent = `${folder}/absent.yaml`
  expectTold(await sluice('run', absent), { code: 2, says: [absent, 'there is no such file'], now: /Check the path/ })
  expectJson(await sluice('run', absent, '--json'), { code: 'FILE_UNREADABLE' })
  expectTold(await sluice('validate', absent), { code: 2, says: [absent], now: /Check the path/ })
  expectTold(await sluice('run', 'custmers'), { code: 2, says: ['No pipeline is named custmers.'], now: /customers/ })
})

it('a CSV that is not there stops the run with its path', async () => {
  const { sluice, write, folder } = freshDesk()
  const file = write('rows.yaml', pipelineOver('{ to: rows, csv: { file: absent.csv } }'))
  const says = ['The job source stopped', `${folder}/absent.csv`, 'there is no such file']
  expectTold(await sluice('run', file, '--until-idle'), { code: 1, says, now: /Check the path/ })
  expectJson(await sluice('run', file, '--until-idle', '--json'), { code: 'JOB_FAILED', reason: 'FILE_UNREADABLE' })
})

it('an endless producer with --until-idle is a usage error that names it', async () => {
  const { sluice, write } = freshDesk()
  const file = write('rows.yaml', pipelineOver(generator({ rate: 5 })))
  const says = ['rows never becomes idle: source goes on without end.']
  expectTold(await sluice('run', file, '--until-idle'), { code: 2, says, now: /--for 30s/ })
  expectJson(await sluice('run', file, '--until-idle', '--json'), { code: 'USAGE' })
})

it('an engine that this version does not have is told before anything is made', async () => {
  const { sluice } = freshDesk()
  expectTold(await sluice('topics', '--engine', 'nowhere'), { code: 2, says: ['"nowhere"'], now: /--engine embedded/ })
  expectTold(await sluice('run', 'customers', '--engine', 'docker'), { code: 2, says: ['docker'], now: /embedded/ })
  expectJson(await sluice('topics', '--engine', 'nowhere', '--json'), { code: 'ENGINE_UNKNOWN' })
})

it('a topic that is not there is told with the one that was meant', async () => {
  const { sluice, write } = freshDesk()
  await sluice('topics', 'create', 'readings')
  const missed = {
    code: 1,
    says: ['There is no topic reading.'],
    now: /Did you mean "readings"\? Topics: readings\./,
  } as const
  expectTold(await sluice('tail', 'reading', '--timeout', '2s'), missed)
  expectTold(await sluice('produce', 'reading', write('one.json', '{}\n')), missed)
  expectJson(await sluice('tail', 'reading', '--timeout', '2s', '--json'), { code: 'TOPIC_UNKNOWN' })
})
