import { expect, it } from 'vitest'
import { joinLakePath, lakeParts, lakePath } from './lake-path.ts'

it.each([
  '/',
  '/data',
  '/data/space/all',
  '/data/dt=2026-11-22/hour=01',
  '/ü/日本',
  '/a b/50%',
  '/...',
  '/a..b',
  '/.hidden',
  '/%41',
])('takes %s', (path) => {
  expect(lakePath(path)).toBe(path)
})

it.each([
  '',
  'data',
  './data',
  '../data',
  '/..',
  '/.',
  '/data/..',
  '/data/../../etc',
  '/data/./x',
  '/data//x',
  '//',
  '/data//',
  '/data\0x',
  '/data\nx',
  '/data\\..\\x',
  '/%2e%2e/x',
  '/%2E./x',
  '/%252e%252e/x',
  '/%25252e%25252e/x',
  '/a%2fb',
  '/a%5cb',
  '/a%00',
  '/．．/x',
  '/‥/x',
  '/a／b',
  '/c:stream',
  '/\ud800',
  `/${'x'.repeat(256)}`,
  `/${'ü'.repeat(128)}`,
  '/long'.repeat(2000),
  'C:\\x',
  'file:///etc/passwd',
])('refuses %j before anything is touched', (path) => {
  expect(() => lakePath(path)).toThrow(expect.objectContaining({ code: 'PATH_REFUSED' }))
})

it('gives one spelling for a folder with and without the slash at its end', () => {
  expect(lakePath('/data/all/')).toBe('/data/all')
  expect(lakeParts('/data/all/')).toEqual(['data', 'all'])
})

it('joins names below the root and below a folder, passing over empty ones', () => {
  expect(joinLakePath('/', 'data', '', 'x')).toBe('/data/x')
  expect(joinLakePath('/data', '')).toBe('/data')
  expect(joinLakePath('/data', 'dt=1/hour=2', 'f')).toBe('/data/dt=1/hour=2/f')
})
