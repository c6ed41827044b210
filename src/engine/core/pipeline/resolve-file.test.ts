import { expect, it } from 'vitest'
import { resolveFile } from './resolve-file.ts'

it.each([
  ['/a/b', 'c.csv', '/a/b/c.csv'],
  ['/a/b', '../c.csv', '/a/c.csv'],
  ['/a/b/', './d//../c.csv', '/a/b/c.csv'],
  ['/a', '../../../c.csv', '/c.csv'],
  ['/a/b', '/c.csv', '/c.csv'],
  ['C:\\a\\b', '..\\c.csv', 'C:/a/c.csv'],
  ['C:\\a', 'D:\\c.csv', 'D:\\c.csv'],
  [undefined, '../c.csv', '../c.csv'],
])('from %j %j is %j', (folder, file, resolved) => {
  expect(resolveFile(folder, file)).toBe(resolved)
})
