import { expect, it } from 'vitest'
import { RestartPolicy } from './restart-policy.ts'

it('waits twice as long after each quick death, and gives up after the fifth', () => {
  const policy = new RestartPolicy(() => 0)
  expect(Array.from({ length: 5 }, () => policy.afterDeath())).toEqual([20, 40, 80, 160, 'never'])
})

it('begins anew after a process that lived well', () => {
  let now = 0
  const policy = new RestartPolicy(() => now)
  policy.afterDeath()
  policy.afterDeath()
  now = 20_000
  expect(policy.afterDeath()).toBe(20)
})
