import { spawn } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { isSluiceError } from '#engine/core/sluice-error.ts'
import { lockHome, readHolder } from './engine-lock.ts'

const module = new URL('./engine-lock.ts', import.meta.url).href

function freshHome(): string {
  return join(mkdtempSync(join(tmpdir(), 'sluice-lock-')), 'home')
}

function thrownBy(act: () => unknown): unknown {
  try {
    act()
  } catch (error) {
    return error
  }
  return undefined
}

/** A process of its own that asks for the lock, says whether it got it, and then sleeps. */
async function asker(home: string) {
  const code = `import { lockHome } from ${JSON.stringify(module)}
    try { lockHome(${JSON.stringify(home)}, 'sluice run'); console.log('mine') } catch (error) { console.log(error.code) }
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--no-warnings', '--input-type=module', '-e', code])
  const answer = await new Promise<unknown>((resolve) => child.stdout.once('data', resolve))
  return { child, answer: String(answer).trim() }
}

it('refuses a second opener in another process, naming what has it, its pid and since when', async () => {
  const home = freshHome()
  const { child } = await asker(home)
  const error = thrownBy(() => lockHome(home))
  child.kill('SIGKILL')
  expect(isSluiceError(error, 'ENGINE_RUNNING')).toBe(true)
  expect(String(error)).toContain(`sluice run, pid ${child.pid}, since 20`)
})

it('is free at once after kill -9 of its holder, whatever stands beside it', async () => {
  const home = freshHome()
  const { child } = await asker(home)
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await ended
  expect(readHolder(home)?.pid).toBe(child.pid)
  const before = performance.now()
  using lock = lockHome(home)
  expect(performance.now() - before).toBeLessThan(100)
  expect(lock.holder.pid).toBe(process.pid)
})

it('refuses a second opener in the same process, and is free after close, which may be called twice', () => {
  const home = freshHome()
  const lock = lockHome(home)
  expect(
    isSluiceError(
      thrownBy(() => lockHome(home)),
      'ENGINE_RUNNING',
    ),
  ).toBe(true)
  lock.close()
  lock.close()
  expect(readHolder(home)).toBeUndefined()
  lockHome(home).close()
})

it('is given to exactly one of many that ask at the same time', async () => {
  const home = freshHome()
  const askers = await Promise.all([asker(home), asker(home), asker(home), asker(home)])
  for (const { child } of askers) child.kill('SIGKILL')
  expect(askers.map(({ answer }) => answer).sort()).toEqual([
    'ENGINE_RUNNING',
    'ENGINE_RUNNING',
    'ENGINE_RUNNING',
    'mine',
  ])
})

it('names the file when it is damaged, and leaves it alone', () => {
  const home = freshHome()
  lockHome(home).close()
  writeFileSync(join(home, 'engine.lock'), 'x'.repeat(5000))
  const error = thrownBy(() => lockHome(home))
  expect(isSluiceError(error, 'STORE_DAMAGED')).toBe(true)
  expect(String(error)).toContain('engine.lock')
})

it('gives its message also when nobody can say who holds it', () => {
  const home = freshHome()
  using lock = lockHome(home)
  writeFileSync(join(home, 'engine.json'), '{"pid":')
  expect(String(thrownBy(() => lockHome(home)))).toContain(`Another engine has ${home} open.`)
  expect(lock.holder.openedBy).toBe('sluice')
})
