import { expect, it } from 'vitest'
import { openFolder, openFolderEnds, partitionFolder } from './partition-folder.ts'

const at = (time: string): number => Date.parse(`2026-11-22T${time}Z`)

it('names the folders of a time in UTC', () => {
  const time = new Date(at('01:59:59.999'))
  expect(partitionFolder(['dt', 'hour'], time)).toBe('dt=2026-11-22/hour=01')
  expect(partitionFolder(['dt'], time)).toBe('dt=2026-11-22')
  expect(partitionFolder([], time)).toBe('')
})

it('holds an hour open until the batches with its last records are filed', () => {
  expect(openFolder(['dt', 'hour'], at('02:01:59'))).toBe('dt=2026-11-22/hour=01')
  expect(openFolder(['dt', 'hour'], at('02:02:00'))).toBe('dt=2026-11-22/hour=02')
  expect(openFolder(['dt'], at('00:01:00'))).toBe('dt=2026-11-21')
})

it('tells when the open folder ends: never at the moment itself, never without partitions', () => {
  expect(openFolderEnds(['dt', 'hour'], at('02:01:59'))).toBe(at('02:02:00'))
  expect(openFolderEnds(['dt', 'hour'], at('02:02:00'))).toBe(at('03:02:00'))
  expect(openFolderEnds(['dt'], at('02:02:00'))).toBe(at('24:00:00') + 120_000)
  expect(openFolderEnds([], at('02:02:00'))).toBe(Infinity)
})
