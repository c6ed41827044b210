import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { sweepTemp } from './sweep-temp.ts'

it('takes away the folders of processes that are no more, and nothing else', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sweep-temp-'))
  const { pid: dead } = spawnSync(process.execPath, ['--version'])
  for (const name of [`${dead}-Ab12`, `${process.pid}-Cd34`, 'spill', '1-init']) {
    mkdirSync(join(folder, name))
    writeFileSync(join(folder, name, 'copy'), 'x')
  }
  sweepTemp(folder)
  expect(readdirSync(folder).sort()).toEqual(['1-init', `${process.pid}-Cd34`, 'spill'].sort())
  rmSync(folder, { recursive: true })
})
