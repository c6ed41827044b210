import { expect, it } from 'vitest'
import { SluiceError } from './sluice-error.ts'
import { fromWireError, toWireError } from './wire-error.ts'

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: something, open '/data/x'`), { code })
}

it('says what the system said in plain words, once', () => {
  const absent = systemError('ENOENT')
  const told = new SluiceError('FILE_UNREADABLE', "Can't read the pipeline x.yaml.", { cause: absent })
  expect(toWireError(told).message).toBe("Can't read the pipeline x.yaml: there is no such file.")
  const said = new SluiceError('FILE_UNREADABLE', 'reading x.csv: there is no such file', { cause: absent })
  expect(toWireError(said).message).toBe('A file cannot be read (reading x.csv: there is no such file).')
})

it('keeps what it does not know in the words of the system, and ends every message as a sentence', () => {
  const told = new SluiceError('FILE_UNREADABLE', 'reading x', { cause: systemError('EWEIRD') })
  expect(toWireError(told).message).toBe("A file cannot be read (reading x). EWEIRD: something, open '/data/x'.")
})

it('does not repeat a cause that the message tells already', () => {
  const cause = new Error('Binder Error: There is no column x!\nmore')
  const told = new SluiceError('SQL_FAILED', 'There is no column x (line 1, column 8).', { cause })
  expect(toWireError(told).message).toBe('There is no column x (line 1, column 8).')
})

it('knows a full disk by whatever met it first', () => {
  expect(toWireError(systemError('ENOSPC'))).toMatchObject({ code: 'DISK_FULL', retryable: true })
  expect(toWireError(systemError('EIO'))).toMatchObject({ code: 'INTERNAL' })
})

it('carries the reason of a stopped job over the wire and back', () => {
  const cause = new SluiceError('SOURCE_CHANGED', 'Another file.')
  const wire = toWireError(new SluiceError('JOB_FAILED', 'The job p stopped.', { cause }))
  expect(wire).toMatchObject({ code: 'JOB_FAILED', reason: 'SOURCE_CHANGED' })
  expect(toWireError(fromWireError(wire))).toEqual(wire)
})
