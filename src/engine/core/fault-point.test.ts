import { afterEach, expect, it } from 'vitest'
import { faultPoint, installFaultHandler } from './fault-point.ts'

afterEach(() => installFaultHandler(undefined))

it('does nothing until a handler is installed, and nothing after it was taken away', () => {
  const seen: string[] = []
  faultPoint('trim')
  installFaultHandler((point, moment) => seen.push(`${moment} ${point}`))
  faultPoint('entry-put', 'before')
  faultPoint('data-rename')
  installFaultHandler(undefined)
  faultPoint('trim')
  expect(seen).toEqual(['before entry-put', 'at data-rename'])
})

it('lets the step fail with what the handler throws', () => {
  installFaultHandler(() => {
    throw new Error('struck')
  })
  expect(() => faultPoint('poll')).toThrow('struck')
})
