import { expect, it } from 'vitest'
import { fillTemplate } from './fill-template.ts'

it('fills columns by name, with "?" for what isn’t there, and once only', () => {
  expect(
    fillTemplate('{name}: {diameter_m} m, {gone}, {none}', { name: '{diameter_m}', diameter_m: 140.5, none: null }),
  ).toBe('{diameter_m}: 140.5 m, ?, ?')
})

it('takes nothing that an object inherits', () => {
  expect(fillTemplate('{constructor} {x}', { x: [1, { a: 'b' }] })).toBe('? [1,{"a":"b"}]')
})
